using System.Text.RegularExpressions;
using Utaf.Packages.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace Utaf.Packages.Tests.Action;

public sealed partial class DocumentationTests
{
    [Theory]
    [InlineData("inputs", "Inputs")]
    [InlineData("outputs", "Outputs")]
    public void The_guide_has_every_input_and_output_and_no_other(string key, string heading)
    {
        var yaml = new YamlStream();
        using var reader = File.OpenText(Repository.File("action.yml"));
        yaml.Load(reader);
        var action = (YamlMappingNode)yaml.Documents[0].RootNode;
        var names = ((YamlMappingNode)action.Children[key]).Children.Keys.Select(name => ((YamlScalarNode)name).Value!);

        var guide = File.ReadAllText(Repository.File("docs", "github-action.md"));
        var section = guide.Split($"## {heading}\n")[1].Split("\n## ")[0];

        Assert.Equal(names, FirstCell().Matches(section).Select(match => match.Groups[1].Value));
    }

    [Fact]
    public void Links_between_the_guides_lead_somewhere()
    {
        foreach (var guide in Directory.GetFiles(Repository.File("docs"), "*.md").Append(Repository.File("README.md")))
        {
            foreach (Match link in Link().Matches(File.ReadAllText(guide)))
            {
                var target = Path.Combine(Path.GetDirectoryName(guide)!, link.Groups["file"].Value);
                Assert.True(File.Exists(target) || Directory.Exists(target), $"{guide}: {link.Value}");
                if (link.Groups["anchor"] is { Success: true } anchor)
                {
                    Assert.True(Anchors(target).Contains(anchor.Value), $"{guide}: {link.Value}");
                }
            }
        }
    }

    /// <summary>As GitHub makes them of headings.</summary>
    private static HashSet<string> Anchors(string file) => [.. File.ReadLines(file)
        .Where(line => line.StartsWith('#'))
        .Select(line => NotInAnchors().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'))];

    [GeneratedRegex(@"^\| `([^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex FirstCell();

    [GeneratedRegex(@"\]\((?!https?:|#)(?<file>[^)#\s]+)(?:#(?<anchor>[^)]+))?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();
}
