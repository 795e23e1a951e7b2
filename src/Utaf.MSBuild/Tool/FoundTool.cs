namespace Utaf.MSBuild.Tool;

/// <summary>The tool that will run.</summary>
/// <param name="program">The program to start.</param>
/// <param name="words">The arguments before the tool's own.</param>
/// <param name="description">What it is called in messages.</param>
/// <param name="version">Its version, where that is known without starting it.</param>
internal sealed class FoundTool(string program, IReadOnlyList<string> words, string description, string? version = null)
{
    public string Program => program;

    public IReadOnlyList<string> Words => words;

    public string Description => description;

    public string? Version => version;
}
