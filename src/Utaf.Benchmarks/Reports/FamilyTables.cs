using System.Globalization;
using System.Text;
using Utaf.Benchmarks.Results;

namespace Utaf.Benchmarks.Reports;

/// <summary>A table of each scheme's measures, family by family.</summary>
internal static class FamilyTables
{
    /// <param name="text">What they are added to.</param>
    /// <param name="runs">Of one scenario.</param>
    public static void Append(StringBuilder text, ScenarioRuns runs)
    {
        if (runs.SchemesInAny(Titles.MainSettings).Count == 0)
        {
            return;
        }

        text.Append("A family of stolen models stands against all honest suspects, one of honest models against all stolen ones. Only the stolen are true positives.\n\n");
        foreach (var setting in Titles.MainSettings)
        {
            foreach (var scheme in runs.SchemesIn(setting))
            {
                var name = $"{Titles.Of(scheme)}, {setting}";

                // The scheme that the page is about stands open, the others can be opened.
                var open = scheme == Titles.Utaf;
                text.Append(open ? $"*{name}*\n\n" : $"<details><summary>{name}</summary>\n\n");
                Table(text, runs.Of(scheme, setting), runs.Repeats.Count);
                text.Append(open ? "" : "</details>\n\n");
            }
        }
    }

    private static void Table(StringBuilder text, IReadOnlyList<SchemeResult> results, int repeats)
    {
        string[] columns = ["family", "side", "models a repeat", .. SchemeMeasures.InEveryTable.Select(column => column.Name), "mean score"];
        MarkdownTable.Append(text, columns, results
            .SelectMany(result => FamilyMeasures.Of(result))
            .GroupBy(measures => (measures.Family, measures.Stolen))
            .OrderBy(family => !family.Key.Stolen).ThenBy(family => !SchemeMeasures.IsDistilled(family.Key.Family)).ThenBy(family => family.Key.Family, StringComparer.Ordinal)
            .Select(family => (IReadOnlyList<string>)
            [
                family.Key.Stolen && SchemeMeasures.IsDistilled(family.Key.Family) ? $"**{family.Key.Family}**" : family.Key.Family,
                family.Key.Stolen ? "stolen" : "honest",
                family.Average(measures => measures.Models).ToString("0.#", CultureInfo.InvariantCulture),
                Share(family, measures => measures.Aruc),
                Share(family, measures => measures.Auc),
                Share(family, measures => measures.TprAt1),
                Share(family, measures => measures.TprAt5),
                Mean.Score(Mean.Of(family.Select(measures => measures.MeanScore)), repeats),
            ]));

        string Share(IEnumerable<FamilyMeasures> family, Func<FamilyMeasures, double?> of) => Mean.Share(Mean.Of(family.Select(of)), repeats);
    }
}
