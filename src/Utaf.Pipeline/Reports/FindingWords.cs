using Utaf.Verification;

namespace Utaf.Reports;

/// <summary>A finding in plain words: what was found, what that means, and what to do next.</summary>
public static class FindingWords
{
    // Reasons are ours, but may quote a server; each quotation has been shortened already.
    private const int LongestReason = 1000;

    /// <summary>"piracy suspected", "no piracy suspected", "inconclusive" or "not verified".</summary>
    public static string Verdict(SuspectFinding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        return finding.Verdict is { } verdict ? Of(verdict.Decision) : "not verified";
    }

    /// <summary>"piracy suspected", "no piracy suspected" or "inconclusive".</summary>
    public static string Of(Decision decision) => decision switch
    {
        Decision.PiracySuspected => "piracy suspected",
        Decision.NoPiracySuspected => "no piracy suspected",
        _ => "inconclusive",
    };

    /// <summary>Why, in one sentence; with the error's code where there is no verdict.</summary>
    public static string Why(SuspectFinding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        var why = finding switch
        {
            { Verdict: { } verdict } => verdict.Reason,
            { Failure: { } failure } => $"{failure.Code}: {failure.Message}",
            _ => "The suspect was not asked.",
        };
        return Untrusted.Line(why, LongestReason);
    }

    /// <summary>What that means, for somebody who has not read the paper.</summary>
    public static string Meaning(SuspectFinding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        return finding.Verdict switch
        {
            { Decision: Decision.PiracySuspected } =>
                "The suspect answers the secret test inputs the way copies of this model do, and not the way honest models do. That is strong evidence, not proof.",
            { Decision: Decision.NoPiracySuspected } =>
                "The suspect answers the secret test inputs the way independently made models do. A copy disguised in a way that nobody foresaw could still be missed.",
            { MatchingRate: null } => "Answers are missing or unusable, so nothing can be said about this suspect. This is not a clean result.",
            { } => "There is not enough evidence to be as sure as was asked. This is not a clean result.",
            null => "The suspect could not be verified, so nothing is known about it. This is not a clean result.",
        };
    }

    /// <summary>What to do next.</summary>
    public static string NextStep(SuspectFinding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        return finding.Verdict switch
        {
            { Decision: Decision.PiracySuspected } =>
                "Look closer before accusing anybody: keep the evidence below, find out since when and by whom the suspect is served, and verify it again with a pair made with another seed.",
            { Decision: Decision.NoPiracySuspected } => "Nothing. Verify again when the suspect changes.",
            { MatchingRate: null } => "Find the reason in the transcript (limits, authentication, query budget, form of the answers), mend it, and verify again.",
            { } => "Make a pair with more honest models in its ensemble, so that it can give smaller p-values, or ask for less significance; then verify again.",
            null => "Mend what the message names, and verify again.",
        };
    }
}
