using System.Globalization;
using System.Text;
using Utaf.Benchmarks.Results;

namespace Utaf.Benchmarks.Reports;

/// <summary>What was run, on what and where.</summary>
internal static class RunSummary
{
    /// <param name="text">What it is added to.</param>
    /// <param name="runs">Of one scenario.</param>
    public static void Append(StringBuilder text, ScenarioRuns runs)
    {
        text.Append(runs.Profile switch
        {
            "paper" or "cpu" when runs.Scenario is "warfarin" or Titles.WarfarinAnnealed => $"The paper's target and composition of the ensemble in full, {(runs.Scenario == Titles.WarfarinAnnealed ? "students taught after Clark et al. (2019) as the paper's are" : "but for the students, which learn the target's outputs to the end")}: perceptrons are small enough for a processor. The owner's and the public data are halves of the clinical data that is public.\n\n",
            "paper" => "The paper's setting in full.\n\n",
            "cpu" => "**This is not the paper's setting**, but what two cores do in a few hours: smaller inputs, networks and fewer epochs, the same numbers of each kind of model. The paper's numbers beside ours are of its own setting.\n\n",
            "smoke" => "**These are no results.** The smallest sizes show that everything works, and nothing else.\n\n",
            _ => "**This is not the paper's setting.**\n\n",
        });
        text.Append(CultureInfo.InvariantCulture, $"- Repeats: {runs.Repeats.Count}, seeds {string.Join(", ", runs.Repeats.Select(repeat => repeat.Seed.ToString(CultureInfo.InvariantCulture)))}.{(runs.Repeats.Count == 1 ? " **One repeat: there is no interval.**" : "")}\n");
        text.Append(CultureInfo.InvariantCulture, $"- Machine: {string.Join("; ", runs.Machines)}.{(runs.Machines.Count > 1 ? " Times are means over all of them." : "")}\n");
        text.Append(CultureInfo.InvariantCulture, $"- Data, SHA-256: {string.Join(", ", runs.DataSha256.Select(digest => $"`{RunSettings.Shortened(digest)}…`"))}.\n");
        foreach (var name in runs.Repeats.SelectMany(repeat => repeat.Target.Keys).Distinct().Order(StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"- Target on data it was not trained on, {name}: {Mean.Number(Mean.Of(runs.Repeats.Select(repeat => repeat.Target.TryGetValue(name, out var value) ? value : (double?)null)), runs.Repeats.Count)}.\n");
        }

        var members = runs.Repeats.Select(repeat => repeat.Members).Distinct().Order().ToList();
        text.Append(CultureInfo.InvariantCulture, $"- Ensemble: {string.Join(" or ", members)} models, built in {Mean.Number(Mean.Of(runs.Repeats.Select(repeat => repeat.EnsembleSeconds)), runs.Repeats.Count)} s.\n\n");
    }
}
