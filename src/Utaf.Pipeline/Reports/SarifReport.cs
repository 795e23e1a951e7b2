using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Utaf.Reports;

/// <summary>
/// SARIF 2.1.0 (OASIS) for code scanning. A clean verdict is no result: GitHub would show it as an alert, and closes the alert of
/// a suspicion when it does not come again.
/// </summary>
/// <param name="root">The repository's root, which locations are relative to; looked for above the current folder if null.</param>
/// <param name="informationUri">Where one can read about the tool; what the build was told (<c>RepositoryUrl</c>), or absent, if null.</param>
public sealed class SarifReport(string? root = null, Uri? informationUri = null) : IReportForm
{
    private const string Schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
    private const string ConfigurationFile = "utaf.json";

    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string? RepositoryUrl = typeof(SarifReport).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(metadata => metadata.Key == "RepositoryUrl")?.Value;

    /// <inheritdoc/>
    public string Name => "sarif";

    /// <inheritdoc/>
    public string Extension => ".sarif";

    /// <inheritdoc/>
    public string Render(VerificationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var sarif = new JsonObject
        {
            ["$schema"] = Schema,
            ["version"] = "2.1.0",
            ["runs"] = new JsonArray(Run(report)),
        };
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Indented))
        {
            sarif.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private JsonObject Run(VerificationReport report) => new()
    {
        ["tool"] = new JsonObject { ["driver"] = Driver(report.ToolVersion) },

        // What stands before the last slash is the category that GitHub compares runs in.
        ["automationDetails"] = new JsonObject { ["id"] = $"utaf/{report.CreatedUtc.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}" },
        ["invocations"] = new JsonArray(new JsonObject
        {
            ["executionSuccessful"] = report.Findings.All(finding => finding.Verdict is not null),
            ["exitCode"] = (int)report.ExitCode,
            ["endTimeUtc"] = report.CreatedUtc.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        }),
        ["columnKind"] = "utf16CodeUnits",
        ["results"] = new JsonArray([.. report.Findings.Where(finding => SarifRule.Of(finding) is not null).Select(Result)]),
    };

    private JsonObject Driver(string version)
    {
        var driver = new JsonObject { ["name"] = "UTAF", ["fullName"] = "UTAF model verification" };
        if ((informationUri?.ToString() ?? RepositoryUrl) is { } address)
        {
            driver["informationUri"] = address;
        }

        if (version.Length > 0)
        {
            driver["version"] = version;
        }

        if (SemanticVersion.IsValid(version))
        {
            driver["semanticVersion"] = version;
        }

        driver["rules"] = new JsonArray([.. SarifRule.All.Select(rule => rule.ToJson())]);
        return driver;
    }

    private JsonNode Result(SuspectFinding finding)
    {
        var rule = SarifRule.Of(finding)!;
        var identity = Digest($"{finding.Manifest.Model.Name}\n{finding.Suspect}");
        return new JsonObject
        {
            ["ruleId"] = rule.Id,
            ["ruleIndex"] = SarifRule.IndexOf(rule),
            ["level"] = rule.Level,
            ["message"] = new JsonObject { ["text"] = Message(finding) },
            ["locations"] = new JsonArray(Location(finding)),

            // GitHub tells alerts apart by the first; without it, suspects that share a line would be one.
            ["partialFingerprints"] = new JsonObject { ["primaryLocationLineHash"] = $"{identity[..16]}:1", ["utafModelAndSuspect/v1"] = identity },
            ["properties"] = Properties(finding),
        };
    }

    private static string Message(SuspectFinding finding)
    {
        var model = Untrusted.Line($"{finding.Manifest.Model.Name} {finding.Manifest.Model.Version}");
        var text = $"The suspect '{Untrusted.Line(finding.Suspect)}' against the model '{model}': {FindingWords.Verdict(finding)}. {FindingWords.Why(finding)}";

        // Brackets would be read as links (section 3.11.6 of the specification).
        return text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal);
    }

    /// <summary>The suspect's line in <c>utaf.json</c>; the file's beginning for one that was named on the command line: GitHub wants a place.</summary>
    private JsonObject Location(SuspectFinding finding) => new()
    {
        ["physicalLocation"] = new JsonObject
        {
            ["artifactLocation"] = new JsonObject
            {
                ["uri"] = RelativeUri(finding.Position is { } position ? RepositoryPath.Of(position.File, root) : ConfigurationFile),
            },
            ["region"] = finding.Position is { } place
                ? new JsonObject { ["startLine"] = place.Line, ["startColumn"] = place.Column }
                : new JsonObject { ["startLine"] = 1 },
        },
        ["logicalLocations"] = new JsonArray(new JsonObject
        {
            ["name"] = Untrusted.Line(finding.Suspect),
            ["fullyQualifiedName"] = Untrusted.Line($"{finding.Manifest.Model.Name}/{finding.Suspect}", 2 * Untrusted.Longest),
        }),
    };

    private static JsonObject Properties(SuspectFinding finding)
    {
        var properties = new JsonObject
        {
            ["model"] = finding.Manifest.Model.Name,
            ["modelVersion"] = finding.Manifest.Model.Version,
            ["pairSha256"] = finding.PairSha256,
        };
        foreach (var (name, value) in new (string, double?)[]
        {
            ("matchingRate", finding.Verdict?.MatchingRate),
            ("threshold", finding.Verdict?.Threshold),
            ("pValue", finding.Verdict?.PValue),
            ("adjustedPValue", finding.AdjustedPValue),
        })
        {
            if (value is { } number)
            {
                properties[name] = number;
            }
        }

        return properties;
    }

    private static string RelativeUri(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
