using System.Diagnostics;
using System.Globalization;

namespace Utaf.Benchmarks;

/// <summary>Runs a plain PyTorch version of the scenario, in turn with ours.</summary>
internal static class Reference
{
    public static void Run(string script, string data, ulong seed, int threads)
    {
        string[] arguments = [script, "--data", data, "--seed", seed.ToString(CultureInfo.InvariantCulture), "--threads", threads.ToString(CultureInfo.InvariantCulture)];
        using var process = Process.Start(new ProcessStartInfo(Environment.GetEnvironmentVariable("PYTHON") ?? "python3", arguments))!;
        process.WaitForExit();
    }
}
