using System.Text.Json.Nodes;
using Utaf.Verification;

namespace Utaf.Reports;

/// <summary>What a SARIF result can be of.</summary>
/// <param name="Id">Stable: alerts are known by it.</param>
/// <param name="Name">In Pascal case.</param>
/// <param name="Level">"error" or "warning".</param>
/// <param name="Short">One sentence.</param>
/// <param name="Help">What to do.</param>
internal sealed record SarifRule(string Id, string Name, string Level, string Short, string Help)
{
    private static readonly SarifRule Piracy = new(
        "UTAF0001",
        "PiracySuspected",
        "error",
        "A suspect answers like a stolen copy of a protected model.",
        "Look closer before accusing anybody. Keep the report, the transcript and the commitment as evidence, find out who serves the suspect since when, and verify it again with a pair made with another seed.");

    private static readonly SarifRule Inconclusive = new(
        "UTAF0002",
        "VerificationInconclusive",
        "warning",
        "A suspect gave too few answers, or next to the same to all inputs, or the evidence does not reach the asked significance.",
        "This is not a clean result. Mend what kept the answers or the inputs back, or make a pair with more honest models, and verify again.");

    private static readonly SarifRule Failed = new(
        "UTAF0003",
        "VerificationFailed",
        "warning",
        "A suspect could not be verified.",
        "This is not a clean result. The message names the error; mend it and verify again.");

    /// <summary>In the order of the run's rules.</summary>
    public static IReadOnlyList<SarifRule> All { get; } = [Piracy, Inconclusive, Failed];

    /// <summary>The rule that a finding is a result of; null for a clean verdict.</summary>
    public static SarifRule? Of(SuspectFinding finding) => finding.Verdict?.Decision switch
    {
        Decision.PiracySuspected => Piracy,
        Decision.Inconclusive => Inconclusive,
        Decision.NoPiracySuspected => null,
        _ => Failed,
    };

    /// <summary>Its place in <see cref="All"/>.</summary>
    public static int IndexOf(SarifRule rule) => All.Index().First(listed => listed.Item == rule).Index;

    /// <summary>A reportingDescriptor (section 3.49 of the specification).</summary>
    public JsonNode ToJson() => new JsonObject
    {
        ["id"] = Id,
        ["name"] = Name,
        ["shortDescription"] = new JsonObject { ["text"] = Short },
        ["fullDescription"] = new JsonObject { ["text"] = $"{Short} {Help}" },
        ["help"] = new JsonObject { ["text"] = Help },
        ["defaultConfiguration"] = new JsonObject { ["level"] = Level },
        ["properties"] = new JsonObject { ["tags"] = new JsonArray("security", "model-theft"), ["precision"] = "high", ["security-severity"] = Level == "error" ? "8.0" : "4.0" },
    };
}
