using System.Runtime.InteropServices;

namespace Utaf.Benchmarks.Speed;

/// <summary>Where the numbers are from.</summary>
/// <param name="Processor">Its name.</param>
/// <param name="Cores">Logical processors that this process may use.</param>
/// <param name="System">The operating system.</param>
/// <param name="Runtime">.NET's version.</param>
/// <param name="Torch">TorchSharp's version.</param>
internal sealed record Machine(string Processor, int Cores, string System, string Runtime, string Torch)
{
    public static Machine This { get; } = new(
        ProcessorName(),
        Environment.ProcessorCount,
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        $"TorchSharp {typeof(TorchSharp.torch).Assembly.GetName().Version?.ToString(3)}");

    private static string ProcessorName()
    {
        const string file = "/proc/cpuinfo";
        var line = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
