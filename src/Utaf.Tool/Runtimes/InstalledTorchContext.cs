using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using Utaf.Torch;

namespace Utaf.Tool.Runtimes;

/// <summary>
/// The tool's assemblies loaded anew, where native libraries are sought in an installed back end's folder before the tool's own. Nothing
/// less keeps TorchSharp from loading the libtorch beside it, by name, next to the installed one.
/// </summary>
internal sealed class InstalledTorchContext : AssemblyLoadContext
{
    private readonly string folder;

    private InstalledTorchContext(string folder)
        : base("installed torch") => this.folder = folder;

    /// <summary>Runs the command line in such a context; null where no back end is installed, and the process runs it as it is.</summary>
    public static Task<int>? RunAsync(string[] arguments)
    {
        // One look at the disk is all that a machine without one pays: the assembly that knows more is not loaded.
        return Environment.GetEnvironmentVariable("UTAF_TORCH") is { Length: > 0 } || Directory.Exists(Path.Combine(UserCache.Folder, "runtimes"))
            ? RunInContextAsync(arguments)
            : null;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task<int>? RunInContextAsync(string[] arguments)
    {
        if (InstalledTorch.Here.UsedFolder is not { } folder)
        {
            return null;
        }

        var context = new InstalledTorchContext(folder);
        Type In(Type type) => context.LoadFromAssemblyName(type.Assembly.GetName()).GetType(type.FullName!, throwOnError: true)!;
        In(typeof(NativeTorch)).GetProperty(nameof(NativeTorch.InstalledFolder))!.SetValue(null, folder);
        var run = In(typeof(Program)).GetMethod(nameof(Program.RunAsync), BindingFlags.NonPublic | BindingFlags.Static)!;
        return run.CreateDelegate<Func<string[], Task<int>>>()(arguments);
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // What is not beside the tool is the framework's, and shared.
        var file = Path.Combine(AppContext.BaseDirectory, $"{assemblyName.Name}.dll");
        return File.Exists(file) ? LoadFromAssemblyPath(file) : null;
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName)
    {
        var file = ((string[])[unmanagedDllName, $"lib{unmanagedDllName}.so", $"{unmanagedDllName}.dll", $"lib{unmanagedDllName}.dylib"])
            .Select(name => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

        // torch's own part is loaded already, perhaps as a cured copy; asked for by its plain name, the loader gives that one.
        return file is null ? 0
            : Path.GetFileName(file) == NativeTorch.FileName && NativeLibrary.TryLoad(NativeTorch.FileName, out var loaded) ? loaded
            : NativeLibrary.Load(file);
    }
}
