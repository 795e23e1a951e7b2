using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Utaf.Torch;

/// <summary>Where torch's native library came from.</summary>
/// <param name="Path">The file that was loaded.</param>
/// <param name="Folder">The folder that holds libtorch itself.</param>
/// <param name="Cured">Whether the library had to be cured of a symbol version that this system does not have.</param>
/// <param name="Reason">Why it was cured: the plain load's error; null where the plain load works.</param>
public sealed record NativeTorchSource(string Path, string Folder, bool Cured, string? Reason);

/// <summary>
/// Loads torch's native library, once, before TorchSharp's own loader runs (which on failure copies a gigabyte).
/// </summary>
/// <remarks>
/// TorchSharp's library asks for GLIBCXX_3.4.32, which Debian 12, Ubuntu 22.04 and RHEL 9 do not have. Only
/// <c>_ZSt21ios_base_library_initv</c> stands behind that version and no relocation uses it, so the need can be
/// marked weak: two bytes of a copy in the user's cache.
/// </remarks>
public static class NativeTorch
{
    private const string LibraryName = "LibTorchSharp";
    private const string MissingVersion = "GLIBCXX_3.4.32";

    // In the order of their needs: each finds the ones before it by name, wherever the cured copy lies.
    private static readonly string[] LibtorchParts =
    [
        "libc10.so", "libtorch_cpu.so", "libc10_cuda.so", "libtorch_cuda.so", "libtorch.so",
        "libc10.dylib", "libtorch_cpu.dylib", "libtorch.dylib",
        "c10.dll", "torch_cpu.dll", "c10_cuda.dll", "torch_cuda.dll", "torch.dll",
    ];

    private static readonly Lazy<NativeTorchSource> Loaded = new(Load);

    /// <summary>
    /// The folder to load from instead of the tool's own; set before the first use. Where the tool has a libtorch beside it, the
    /// assemblies must be in a load context that finds this folder first: TorchSharp loads by name besides, and two end the process.
    /// </summary>
    public static string? InstalledFolder { get; set; }

    /// <summary>Loads the library if this process has not done so yet.</summary>
    /// <exception cref="UtafException">UTAF2001: the library is missing or does not load.</exception>
    public static NativeTorchSource EnsureLoaded() => Loaded.Value;

    private static NativeTorchSource Load()
    {
        ReproducibleProducts.Ask();
        var library = Find();
        var folder = Path.GetDirectoryName(library)!;
        if (InstalledFolder is not null)
        {
            LoadParts(folder);
        }

        if (TryLoad(library, out var handle, out var reason))
        {
            Resolve(handle);
            return new(library, folder, Cured: false, Reason: null);
        }

        if (!OperatingSystem.IsLinux() || !reason!.Contains(MissingVersion, StringComparison.Ordinal))
        {
            throw Errors.NativeLibrary(reason!);
        }

        var cured = Cure(library);
        LoadParts(folder);
        if (!TryLoad(cured, out handle, out var curedReason))
        {
            throw Errors.NativeLibrary(curedReason!);
        }

        Resolve(handle);
        return new(cured, folder, Cured: true, reason);
    }

    private static void LoadParts(string folder)
    {
        foreach (var part in LibtorchParts.Select(part => Path.Combine(folder, part)).Where(File.Exists))
        {
            if (!TryLoad(part, out _, out var reason))
            {
                throw Errors.NativeLibrary(reason!);
            }
        }
    }

    // By name, the runtime would look beside the tool first and could load a second torch.
    private static void Resolve(nint handle)
    {
        NativeLibrary.SetDllImportResolver(typeof(TorchSharp.torch).Assembly, (name, _, _) => name == LibraryName ? handle : 0);
        _ = LateScalars.Install(handle);
    }

    private static bool TryLoad(string path, out nint handle, out string? reason)
    {
        reason = null;
        handle = 0;
        try
        {
            handle = NativeLibrary.Load(path);
            return true;
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            reason = e.Message;
            return false;
        }
    }

    /// <summary>The file's name on this system.</summary>
    public static string FileName { get; } = OperatingSystem.IsWindows() ? $"{LibraryName}.dll"
        : OperatingSystem.IsMacOS() ? $"lib{LibraryName}.dylib"
        : $"lib{LibraryName}.so";

    private static string Find()
    {
        if (InstalledFolder is { } installed)
        {
            var library = Path.Combine(installed, FileName);
            return File.Exists(library)
                ? library
                : throw Errors.NativeLibrary($"{library} is missing. Install it again with 'dotnet utaf runtime install', or take it back with 'dotnet utaf runtime undo'.");
        }

        var searched = ((string?)AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append(AppContext.BaseDirectory)
            .Append(Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native"))
            .Select(folder => Path.Combine(folder, FileName));

        return searched.FirstOrDefault(File.Exists)
            ?? throw Errors.NativeLibrary($"{FileName} is not beside the tool in {AppContext.BaseDirectory}; this build carries no torch for {RuntimeInformation.RuntimeIdentifier}. Add it with: dotnet utaf runtime install cpu (or cuda).");
    }

    private static UtafException Unwritable(string folder, Exception e) =>
        Errors.NativeLibrary($"the copy that works on this system cannot be written to {folder}: {e.Message} Set UTAF_CACHE to a folder that can be written.", e);

    /// <summary>Writes the cured copy unless an earlier run or another process has.</summary>
    internal static string Cure(string library)
    {
        var bytes = File.ReadAllBytes(library);
        var folder = Path.Combine(UserCache.Folder, "native", Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]);
        var cured = Path.Combine(folder, Path.GetFileName(library));
        if (!ElfVersionNeeds.MarkWeak(bytes, MissingVersion))
        {
            throw Errors.NativeLibrary($"{library} asks for {MissingVersion} in a form that cannot be cured.");
        }

        // The content decides, not the name: a file torn by a full disk or changed by somebody else is replaced.
        if (!File.Exists(cured) || !File.ReadAllBytes(cured).AsSpan().SequenceEqual(bytes))
        {
            try
            {
                Directory.CreateDirectory(folder);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw Unwritable(folder, e);
            }

            try
            {
                AtomicFile.Write(cured, bytes);
            }
            catch (UtafException e)
            {
                throw Unwritable(folder, e);
            }
        }

        return cured;
    }
}
