using System.Diagnostics;

namespace Utaf.Torch.Tests;

/// <summary>The products of a processor that can do less: <see cref="ProductsTests"/> once more in a process that is told so.</summary>
public sealed class FewerInstructionsTests
{
    [Theory]
    [InlineData("DOTNET_EnableAVX512")]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public async Task The_products_are_the_same(string without)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Utaf.Construction.Tests.dll"), "-noColor", "-class", typeof(ProductsTests).FullName!])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[without] = "0";
        using var process = Process.Start(start)!;
        var cancellation = TestContext.Current.CancellationToken;
        var output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
        await process.WaitForExitAsync(cancellation);

        var said = string.Concat(await output);
        Assert.True(process.ExitCode == 0, said);
        Assert.Contains("Failed: 0", said, StringComparison.Ordinal);
        Assert.DoesNotContain("Total: 0", said, StringComparison.Ordinal);
    }
}
