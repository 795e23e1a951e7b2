using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace Utaf.Torch.Tests;

/// <summary>
/// The products of a processor that can do less, and the convolutions that are made of them: their tests once more in a process
/// that is told so.
/// </summary>
public sealed class FewerInstructionsTests
{
    [Theory]
    [InlineData("AVX512")]
    [InlineData("AVX2")]
    [InlineData("HWIntrinsic")]
    public async Task The_products_are_the_same(string without)
    {
        Assert.SkipWhen(without == "AVX512" && !Vector512.IsHardwareAccelerated, "The processor has no AVX-512, or .NET does not use it: the products' own tests are this one.");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Utaf.Construction.Tests.dll"), "-noColor", "-class", typeof(ProductsTests).FullName!, "-class", typeof(WinogradTests).FullName!, "-class", typeof(EntryKernelsTests).FullName!])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[$"DOTNET_Enable{without}"] = "0";
        using var process = Process.Start(start)!;
        var cancellation = TestContext.Current.CancellationToken;
        var output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
        try
        {
            await process.WaitForExitAsync(cancellation);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }

        var said = string.Concat(await output);
        Assert.True(process.ExitCode == 0, said);
        Assert.Contains("Failed: 0", said, StringComparison.Ordinal);
        Assert.DoesNotContain("Total: 0", said, StringComparison.Ordinal);
    }
}
