using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Utaf.Tool.Runtimes;

/// <summary>A program that runs to its end.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">All it wrote to standard output.</param>
/// <param name="Error">All it wrote to standard error.</param>
internal sealed record ChildProcess(int ExitCode, string Output, string Error)
{
    /// <summary>Runs a program; cancelled, it is ended with all that it started.</summary>
    /// <exception cref="Win32Exception">There is no such program.</exception>
    public static async Task<ChildProcess> RunAsync(
        string program, IEnumerable<string> arguments, IEnumerable<(string Name, string Value)> environment, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return new(process.ExitCode, await output.ConfigureAwait(false), await error.ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Runs this tool once more.</summary>
    public static Task<ChildProcess> RunSelfAsync(
        IEnumerable<string> arguments, IEnumerable<(string Name, string Value)> environment, CancellationToken cancellationToken)
    {
        // The portable tool is run by dotnet, the others have a program of their own.
        var own = Environment.ProcessPath!;
        var assembly = Path.Combine(AppContext.BaseDirectory, "dotnet-utaf.dll");
        return Path.GetFileNameWithoutExtension(own) == "dotnet-utaf"
            ? RunAsync(own, arguments, environment, cancellationToken)
            : RunAsync(Dotnet, [assembly, .. arguments], environment, cancellationToken);
    }

    /// <summary>The <c>dotnet</c> that runs this tool, or the one on the PATH.</summary>
    public static string Dotnet =>
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host
        : Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath!
        : "dotnet";
}
