namespace Utaf.Reports;

/// <summary>One finding's part of the page: the verdict in words, the pictures, the numbers.</summary>
internal static class HtmlFinding
{
    /// <summary>Adds a section.</summary>
    /// <param name="page">The page.</param>
    /// <param name="finding">What was found.</param>
    /// <param name="id">The section's anchor, unique in the page.</param>
    public static void Add(HtmlPage page, SuspectFinding finding, string id)
    {
        var tone = HtmlReport.ToneOf(finding);
        page.Add($"""
            <section class="finding" id="{id}" aria-labelledby="{id}-heading">
            <div class="verdict {tone}">
            <h2 id="{id}-heading"><span class="badge {tone}">{FindingWords.Verdict(finding)}</span> <span class="name">{Untrusted.Line(finding.Suspect)}</span></h2>
            <p class="versus">against {Untrusted.Line(finding.Manifest.Model.Name)} {Untrusted.Line(finding.Manifest.Model.Version)}</p>
            <p class="why">{FindingWords.Why(finding)}</p>
            </div>
            <dl class="words">
            <div><dt>What it means</dt><dd>{FindingWords.Meaning(finding)}</dd></div>
            <div><dt>What to do next</dt><dd>{FindingWords.NextStep(finding)}</dd></div>
            </dl>

            """);
        page.Add($"<div class=\"pictures\">\n");
        MatchingRateFigure.Add(page, finding, $"{id}-rates");
        RobustnessUniquenessFigure.Add(page, finding.Manifest, $"{id}-curve");
        page.Add($"</div>\n");
        AddTable(page, "Numbers", [.. FindingFacts.Verdict(finding).Where(fact => fact.Name != FindingFacts.WhyName)]);
        AddTable(page, "Evidence", FindingFacts.Evidence(finding));
        page.Add($"</section>\n");
    }

    private static void AddTable(HtmlPage page, string caption, IReadOnlyList<Fact> facts)
    {
        page.Add($"<table class=\"facts\"><caption>{caption}</caption><tbody>\n");
        foreach (var fact in facts)
        {
            page.Add($"<tr><th scope=\"row\">{fact.Name}</th><td class=\"{(fact.IsDigest ? "digest" : "text")}\">{fact.Value}</td></tr>\n");
        }

        page.Add($"</tbody></table>\n");
    }
}
