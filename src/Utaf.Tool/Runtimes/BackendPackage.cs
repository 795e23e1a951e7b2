using System.Runtime.InteropServices;
using Utaf.Torch;

namespace Utaf.Tool.Runtimes;

/// <summary>A NuGet package that brings torch's native libraries for one back end.</summary>
/// <param name="Backend"><c>cpu</c> or <c>cuda</c>.</param>
/// <param name="Id">The package's id on this system.</param>
internal sealed record BackendPackage(string Backend, string Id)
{
    /// <summary>The package's version: it must be TorchSharp's own.</summary>
    public static string Version => InstalledTorch.TorchSharpVersion;

    /// <summary>Those that exist for this system.</summary>
    public static IReadOnlyList<BackendPackage> ForThisSystem { get; } = (OS(), RuntimeInformation.OSArchitecture) switch
    {
        ("linux", Architecture.X64) => [new("cpu", "TorchSharp-cpu"), new("cuda", "TorchSharp-cuda-linux")],
        ("windows", Architecture.X64) => [new("cpu", "TorchSharp-cpu"), new("cuda", "TorchSharp-cuda-windows")],
        ("macos", Architecture.Arm64) => [new("cpu", "TorchSharp-cpu")],
        _ => [],
    };

    private static string OS() => OperatingSystem.IsLinux() ? "linux" : OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "macos" : "";
}
