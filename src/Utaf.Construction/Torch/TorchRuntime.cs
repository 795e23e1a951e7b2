using TorchSharp;
using static TorchSharp.torch;

namespace Utaf.Torch;

/// <summary>Starts torch: the native library, the device and the threads.</summary>
public static class TorchRuntime
{
    /// <summary>Loads torch and chooses the device.</summary>
    /// <param name="device"><c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</param>
    /// <param name="threads">Intra-op threads, at least 1. One is the fastest for tiny networks.</param>
    /// <returns>The device to put models and data on.</returns>
    /// <exception cref="UtafException">UTAF1001: a malformed option; UTAF2001: no native library; UTAF2002: no such device.</exception>
    public static Device Start(string device = "auto", int threads = 1)
    {
        if (threads is < 1 or > 1024)
        {
            throw Errors.BadOption("--threads", $"{threads}", "a whole number from 1 to 1024");
        }

        NativeTorch.EnsureLoaded();
        InitializeDeviceType(DeviceType.CPU);
        set_num_threads(threads);
        return Choose(device);
    }

    /// <summary>Has torch compute with another number of threads until the result is disposed.</summary>
    /// <param name="threads">At least 1.</param>
    public static IDisposable WithThreads(int threads)
    {
        var before = get_num_threads();
        set_num_threads(threads);
        return new ThreadsBefore(before);
    }

    /// <summary>The devices of this machine, for people.</summary>
    public static IReadOnlyList<string> Devices()
    {
        NativeTorch.EnsureLoaded();
        return cuda_is_available() ? ["cpu", .. Enumerable.Range(0, cuda.device_count()).Select(i => $"cuda:{i}")] : ["cpu"];
    }

    private static Device Choose(string device)
    {
        switch (device)
        {
            case "cpu":
                return CPU;
            case "auto":
                return cuda_is_available() ? UseCuda(0) : CPU;
            case "cuda":
                return cuda_is_available() ? UseCuda(0) : throw Errors.NoDevice(device, string.Join(", ", Devices()));
        }

        if (!device.StartsWith("cuda:", StringComparison.Ordinal) || !int.TryParse(device.AsSpan(5), out var index) || index < 0)
        {
            throw Errors.BadOption("--device", device, "auto, cpu, cuda or cuda:N");
        }

        return cuda_is_available() && index < cuda.device_count() ? UseCuda(index) : throw Errors.NoDevice(device, string.Join(", ", Devices()));
    }

    private static Device UseCuda(int index)
    {
        InitializeDeviceType(DeviceType.CUDA);
        return new Device(DeviceType.CUDA, index);
    }

    private sealed class ThreadsBefore(int threads) : IDisposable
    {
        public void Dispose() => set_num_threads(threads);
    }
}
