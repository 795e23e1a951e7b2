using System.IO.Compression;
using System.Xml.Linq;
using Utaf.Packages.Tests.Support;

namespace Utaf.Packages.Tests.MSBuild;

/// <summary>What is in the package.</summary>
public sealed class PackageTests(LocalFeed feed)
{
    private const string Id = "Utaf.MSBuild";

    [Fact]
    public void It_is_small() => Assert.InRange(new FileInfo(feed.Package(Id)).Length, 1, 200_000);

    [Fact]
    public void It_has_the_task_and_the_targets_and_nothing_that_a_project_would_reference_or_pass_on()
    {
        var names = feed.Contents(Id).Where(name => !name.StartsWith("_rels/", StringComparison.Ordinal) && !name.StartsWith("package/", StringComparison.Ordinal));

        Assert.Equal(
            [
                "README.md", "Utaf.MSBuild.nuspec", "[Content_Types].xml", "build/Utaf.MSBuild.props", "build/Utaf.MSBuild.targets",
                "buildMultiTargeting/Utaf.MSBuild.props", "buildMultiTargeting/Utaf.MSBuild.targets", "tasks/netstandard2.0/Utaf.MSBuild.dll",
            ],
            names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void It_is_a_development_dependency_that_depends_on_nothing()
    {
        using var package = ZipFile.OpenRead(feed.Package(Id));
        using var stream = package.GetEntry($"{Id}.nuspec")!.Open();
        var elements = XDocument.Load(stream).Descendants().ToDictionary(element => element.Name.LocalName, element => element.Value);

        Assert.Equal("true", elements["developmentDependency"]);
        Assert.DoesNotContain("dependencies", elements.Keys);
        Assert.Equal("MIT", elements["license"]);
        Assert.Equal("README.md", elements["readme"]);
    }
}
