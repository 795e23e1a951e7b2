using Utaf.Packages.Tests.Support;

namespace Utaf.Packages.Tests;

/// <summary>What is in the tool's packages.</summary>
public sealed class ToolPackageTests(LocalFeed feed)
{
    [Theory]
    [InlineData("Utaf.Tool", 100_000)]
    [InlineData("Utaf.Tool.any", 12_000_000)]
    [InlineData("Utaf.Tool.linux-x64", 135_000_000)]
    [InlineData("Utaf.Tool.win-x64", 135_000_000)]
    [InlineData("Utaf.Tool.osx-arm64", 135_000_000)]
    public void A_package_is_no_larger_than_promised(string id, long most) =>
        Assert.InRange(new FileInfo(feed.Package(id)).Length, 1, most);
}
