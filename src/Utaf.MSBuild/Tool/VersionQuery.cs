using System.ComponentModel;
using System.Diagnostics;
using Utaf.MSBuild.Text;

namespace Utaf.MSBuild.Tool;

/// <summary>Asks a tool for its version: a tenth of a second, before a run that takes far longer, and once in a build.</summary>
internal static class VersionQuery
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Runs <c>dotnet-utaf --version</c>.</summary>
    /// <returns>The first line of its answer; empty if it has none in time.</returns>
    /// <exception cref="Win32Exception">The tool does not start.</exception>
    public static string Ask(FoundTool tool)
    {
        var start = new ProcessStartInfo(tool.Program, CommandLineText.Of(tool.Words.Append("--version")))
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start);
        var answer = process.StandardOutput.ReadLineAsync();
        var answered = answer.Wait(Patience);
        if (!process.WaitForExit(answered ? (int)Patience.TotalMilliseconds : 0))
        {
            process.Kill();
        }

        return answered && answer.Result is { } line ? PackageVersion.WithoutRevision(line) : "";
    }
}
