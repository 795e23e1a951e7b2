namespace Utaf.Configuration;

/// <summary>A place in a file of the user, so that an error or a report can point at it.</summary>
/// <param name="File">The file's path as the user gave it, or relative to the current folder.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
public sealed record SourcePosition(string File, int Line, int Column)
{
    /// <summary>MSBuild's canonical form, <c>file(line,column)</c>.</summary>
    public override string ToString() => $"{File}({Line},{Column})";
}
