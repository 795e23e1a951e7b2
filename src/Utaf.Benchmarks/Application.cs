using System.CommandLine;

namespace Utaf.Benchmarks;

/// <summary>Runs a command line; errors are told as the tool tells them.</summary>
internal static class Application
{
    /// <returns>The exit code: 2 where the command line or an input is wrong, 130 where it was stopped.</returns>
    public static int Run(RootCommand root, string[] arguments, TextWriter output, TextWriter error)
    {
        try
        {
            var parsed = root.Parse(arguments);
            return parsed.Errors is [var wrong, ..]
                ? throw Errors.BadCommandLine(wrong.Message, "Utaf.Benchmarks")
                : parsed.Invoke(new() { EnableDefaultExceptionHandler = false, Output = output, Error = error });
        }
        catch (OperationCanceledException)
        {
            error.WriteLine("utaf : stopped. What is finished is kept, and nothing was left half-written.");
            return (int)ExitCode.Interrupted;
        }
        catch (UtafException e)
        {
            error.WriteLine(e.Diagnostic);
            return (int)e.Diagnostic.ExitCode;
        }
    }
}
