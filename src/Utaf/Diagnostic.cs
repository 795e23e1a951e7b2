namespace Utaf;

/// <summary>One thing that went wrong, as a user meets it.</summary>
/// <param name="Code">The documented code, such as <c>UTAF1101</c>.</param>
/// <param name="ExitCode">The exit code of a command that ends with it.</param>
/// <param name="Message">What was expected, what was found, and what to do.</param>
/// <param name="Origin">The file (with line and column where known) or the part of the product it comes from.</param>
public sealed record Diagnostic(string Code, ExitCode ExitCode, string Message, string Origin)
{
    /// <summary>MSBuild's canonical form, which IDEs, MSBuild and GitHub's problem matchers read.</summary>
    public override string ToString() => $"{Origin} : error {Code}: {Message}";
}
