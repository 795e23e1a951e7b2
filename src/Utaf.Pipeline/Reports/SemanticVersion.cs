using System.Text.RegularExpressions;

namespace Utaf.Reports;

/// <summary>Semantic Versioning 2.0.0.</summary>
internal static partial class SemanticVersion
{
    /// <summary>Whether a version is one: three numbers, and perhaps a pre-release and build metadata.</summary>
    public static bool IsValid(string version) => Form().IsMatch(version);

    [GeneratedRegex(@"^(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?\z")]
    private static partial Regex Form();
}
