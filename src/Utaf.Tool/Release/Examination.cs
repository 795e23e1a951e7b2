using System.Runtime.InteropServices;
using TorchSharp;
using Utaf.Tool.Documents;
using Utaf.Tool.Options;
using Utaf.Torch;

namespace Utaf.Tool.Release;

/// <summary>Tries everything that the tool needs of the machine.</summary>
internal static class Examination
{
    public static DoctorDocument Of(string store, Settings settings)
    {
        var missing = new List<string>();
        var torch = Try(() => Torch(settings, missing), missing);
        var cache = Check("cache", UserCache.Folder, missing);
        return new DoctorDocument(
            ToolVersion.Text,
            RuntimeInformation.FrameworkDescription,
            $"{RuntimeInformation.OSDescription} ({RuntimeInformation.RuntimeIdentifier})",
            Environment.ProcessorCount,
            torch,
            cache,
            Writable.FolderOf(store) is { } folder ? Check("store", folder, missing) : null,
            missing);
    }

    private static TorchReport Torch(Settings settings, List<string> missing)
    {
        // The CPU first: a device that is not there says nothing of the library.
        TorchRuntime.Start("cpu", settings.Threads);
        var device = Try(() => TorchRuntime.Start(settings.Device, settings.Threads), missing);
        var source = NativeTorch.EnsureLoaded();
        return new(
            typeof(torch).Assembly.GetName().Version?.ToString(3) ?? "",
            source.Path,
            source.Folder,
            source.Cured,
            source.Reason,
            torch.get_num_threads(),
            TorchRuntime.Devices(),
            device?.ToString() ?? "none");
    }

    private static FolderReport Check(string what, string folder, List<string> missing)
    {
        var obstacle = AtomicFile.Obstacle(folder);
        if (obstacle is not null)
        {
            missing.Add($"The {what} folder {folder} cannot be written: {obstacle.Message}");
        }

        return new(folder, obstacle is null);
    }

    private static T? Try<T>(Func<T> look, List<string> missing)
        where T : class
    {
        try
        {
            return look();
        }
        catch (UtafException e) when (e.Diagnostic.ExitCode == ExitCode.Environment)
        {
            missing.Add($"{e.Diagnostic.Code}: {e.Diagnostic.Message.ReplaceLineEndings(" ")}");
            return null;
        }
    }
}
