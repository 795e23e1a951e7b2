using System.Text.Json;
using System.Text.Json.Serialization;
using Utaf.Reports;
using Utaf.Verification;

namespace Utaf.Issues;

/// <summary>What one report on GitHub said, kept in a hidden line of it: digests and numbers only.</summary>
/// <param name="Evidence">Names the verification, so that it is not reported twice.</param>
/// <param name="ReportedUtc">When it was reported.</param>
/// <param name="Verdict">In words.</param>
/// <param name="Version">The protected model's version.</param>
/// <param name="Pair">The pair's SHA-256.</param>
/// <param name="MatchingRate">p₊ in [0, 1]; null if there was none.</param>
/// <param name="PValue">In (0, 1]; null if there was none.</param>
internal sealed record ReportedState(
    string Evidence, DateTimeOffset ReportedUtc, string Verdict, string Version, string Pair, double? MatchingRate = null, double? PValue = null)
{
    private const string Kind = "report";

    /// <summary>The hidden line.</summary>
    [JsonIgnore]
    public string Line => IssueMarker.Hide(Kind, JsonSerializer.Serialize(this, IssueJson.Default.ReportedState));

    /// <summary>What a finding with a verdict says.</summary>
    public static ReportedState Of(SuspectFinding finding, Verdict verdict, string evidence, DateTimeOffset now) => new(
        evidence,
        now,
        FindingWords.Verdict(finding),
        Untrusted.Line(finding.Manifest.Model.Version),
        Untrusted.Line(finding.PairSha256),
        verdict.MatchingRate,
        verdict.PValue);

    /// <summary>The reports in an issue's or comment's text; a damaged one is passed over.</summary>
    public static IEnumerable<ReportedState> In(string? text) => IssueMarker.Hidden(Kind, text).Select(Read).OfType<ReportedState>();

    /// <summary>What is different from an earlier report: name, before, now.</summary>
    public IReadOnlyList<ReportedChange> ChangesSince(ReportedState before) =>
        [.. Rows().Zip(before.Rows(), (now, old) => new ReportedChange(now.Name, old.Value, now.Value)).Where(change => change.Before != change.Now)];

    private List<(string Name, string Value)> Rows() =>
    [
        ("Verdict", Verdict),
        ("Matching rate p₊", Figures.Short(MatchingRate)),
        ("p-value", Figures.Short(PValue)),
        ("Model version", Version),
        ("Pair", Figures.Digest(Pair)),
    ];

    private static ReportedState? Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, IssueJson.Default.ReportedState);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>One thing that changed between two reports.</summary>
internal sealed record ReportedChange(string Name, string Before, string Now);

/// <summary>The hidden lines' JSON. The default encoder writes no angle bracket as itself, so no value can end the comment it is in.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ReportedState))]
internal sealed partial class IssueJson : JsonSerializerContext;
