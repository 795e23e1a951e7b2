using System.Text.RegularExpressions;
using Utaf.Packages.Tests.Support;

namespace Utaf.Packages.Tests.MSBuild;

/// <summary>The guide says all that there is, and nothing else.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string Guide = Read("docs", "msbuild.md");
    private static readonly string Targets = Read("src", "Utaf.MSBuild", "build", "Utaf.MSBuild.targets");

    [Fact]
    public void Every_code_is_in_the_guide() =>
        Assert.Equal(Names(Code(), Read("src", "Utaf.MSBuild", "Problems.cs")), Names(CodeRow(), Guide));

    [Fact]
    public void Every_metadata_is_in_the_guide_with_its_option()
    {
        var inCode = Metadata().Matches(Read("src", "Utaf.MSBuild", "Models", "ModelRequest.cs")).Select(match => $"{match.Groups[1]} {match.Groups[2]}");
        var inGuide = MetadataRow().Matches(Guide).Select(match => $"{match.Groups[1]} {match.Groups[2]}");

        Assert.Equal(inCode.Order(StringComparer.Ordinal), inGuide.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_property_and_target_is_in_the_guide()
    {
        var rows = Names(PropertyRow(), Guide);

        Assert.Equal(Names(Property(), Targets).Union(Names(Target(), Targets)).Order(StringComparer.Ordinal), rows);
    }

    private static string Read(params string[] path) => File.ReadAllText(Repository.File(path));

    private static IEnumerable<string> Names(Regex form, string text) =>
        form.Matches(text).Select(match => match.Groups[1].Value).Distinct().Order(StringComparer.Ordinal);

    [GeneratedRegex("\"(UTAF00\\d\\d)\"")]
    private static partial Regex Code();

    [GeneratedRegex(@"(?m)^\| `(UTAF00\d\d)` \|")]
    private static partial Regex CodeRow();

    [GeneratedRegex("\\(\"(\\w+)\", \"(--[a-z-]+)\", Kind")]
    private static partial Regex Metadata();

    [GeneratedRegex(@"(?m)^\| `(\w+)` \| `(--[a-z-]+)` \|")]
    private static partial Regex MetadataRow();

    [GeneratedRegex(@"\$\((Utaf\w+)\)")]
    private static partial Regex Property();

    [GeneratedRegex("<Target Name=\"(Utaf\\w+)\"")]
    private static partial Regex Target();

    [GeneratedRegex(@"(?m)^\| `(Utaf\w+)` \|")]
    private static partial Regex PropertyRow();
}
