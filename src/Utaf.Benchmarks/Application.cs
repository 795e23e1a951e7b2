using System.CommandLine;

namespace Utaf.Benchmarks;

/// <summary>Runs a command line; errors are told as the tool tells them.</summary>
internal static class Application
{
    /// <returns>The exit code: 2 where the command line or an input is wrong.</returns>
    public static int Run(RootCommand root, string[] arguments, TextWriter output, TextWriter error)
    {
        try
        {
            var parsed = root.Parse(arguments);
            return parsed.Errors is [var wrong, ..]
                ? throw Errors.BadCommandLine(wrong.Message, "Utaf.Benchmarks")
                : parsed.Invoke(new() { EnableDefaultExceptionHandler = false, Output = output, Error = error });
        }
        catch (UtafException e)
        {
            error.WriteLine(e.Diagnostic);
            return (int)e.Diagnostic.ExitCode;
        }
    }
}
