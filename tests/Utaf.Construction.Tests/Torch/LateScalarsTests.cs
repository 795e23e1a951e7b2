using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Utaf.Torch.Tests;

[Collection(TorchSession.Name)]
public sealed class LateScalarsTests
{
    /// <summary>Without the replacement a collection now and then frees the factor of an addition while torch reads it.</summary>
    [Fact]
    public void Operations_keep_their_factors_while_memory_is_collected()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64, "TorchSharp is left as it is elsewhere.");
        const int additions = 100_000;
        using var stop = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                GC.Collect(0);
            }
        });
        collector.Start();
        try
        {
            using var sum = zeros(1);
            using var one = ones(1);
            for (var i = 0; i < additions; i++)
            {
                sum.add_(one);
            }

            Assert.Equal(additions, sum.ToSingle());
        }
        finally
        {
            stop.Cancel();
            collector.Join();
        }
    }
}
