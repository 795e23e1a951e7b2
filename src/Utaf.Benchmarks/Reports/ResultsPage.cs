using System.Globalization;
using System.Text;
using Utaf.Benchmarks.Results;

namespace Utaf.Benchmarks.Reports;

/// <summary>The page with all tables. A number is there only if a run gave it, and the same runs give the same bytes.</summary>
/// <param name="all">Every scenario's runs.</param>
/// <param name="figures">The file of each figure that was drawn, by scenario and kind.</param>
internal sealed class ResultsPage(IReadOnlyList<ScenarioRuns> all, IReadOnlyDictionary<(ScenarioRuns Runs, string Kind), string> figures)
{
    private readonly StringBuilder text = new();

    /// <summary>The page, in Markdown.</summary>
    public string ToMarkdown()
    {
        text.Clear().Append("""
            # Results

            Written by `Utaf.Benchmarks report` from the folders of runs, and by nobody's hand ([how](benchmarks.md)). Every measure is computed from the scores of suspects that no part of a fingerprint was learned from or chosen on.

            - **ARUC**: the mean over ρ = 0, 0.01, …, 1 of the lower of robustness (stolen models above ρ) and uniqueness (honest ones not above). A scheme without an error reaches 99/101 = 0.980: that is the ceiling.
            - **TPR at 1 % or 5 % FPR**: the share of the stolen that are found by the best threshold that accuses at most so many of the honest. Of fewer than 100 honest suspects 1 % is none, and the number is the robustness at uniqueness 1.
            - A ± is half of the 95 % confidence interval of the mean over repeats (Student's t). *default*: a scheme's own defaults with 100 queries (in the profile smoke fewer); *swept*: its parameters chosen on the validation part.
            - *paper*: what the paper says in words or in a table; what it only draws is not here.


            """);

        foreach (var scenario in Titles.Scenarios.Concat(all.Select(runs => runs.Scenario)).Distinct(StringComparer.Ordinal))
        {
            var ran = all.Where(runs => runs.Scenario == scenario).ToList();
            if (ran.Count == 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"## {Titles.OfScenario(scenario)}\n\nNot run.\n\n");
            }

            foreach (var runs in ran)
            {
                Scenario(runs);
            }
        }

        return text.ToString().TrimEnd('\n') + "\n";
    }

    private void Scenario(ScenarioRuns runs)
    {
        text.Append(CultureInfo.InvariantCulture, $"## {Titles.OfScenario(runs.Scenario)}, profile {runs.Profile}\n\n");
        RunSummary.Append(text, runs);
        Section("Schemes", "schemes", runs, Main);
        Section("Per obfuscation family", null, runs, _ => FamilyTables.Append(text, runs));
        Section("Time (Table 2)", null, runs, Times);
        Section("Learning over time (Fig. 3)", "learning", runs, Learning);
        Section("Robustness and uniqueness (Fig. 3, A1)", "curves", runs, Curves);
        Section("Number of fingerprint examples (Fig. 4)", "examples", runs, Examples);
        Section("Size of the ensemble (Fig. 5)", "ensemble", runs, EnsembleSizes);
        Section("A family left out of the ensemble", null, runs, _ => OpenSet(runs, "left out", Settings.LeftOut, [("AUC, test part alone", both => both.Open), ("the same, all families learned", both => both.Default)], "Left out of learning and choosing; perturbed copies, where the ensemble has them, are learned from all the same ([which](benchmarks.md#scenarios)). *pruning* is weight and filter pruning together. For an obfuscation the suspects are its copies of all parts against the honest test members; for a kind of honest models the other way round. The last two columns are of the same models: what is left out in the test part alone, and its AUC in the default setting, with all families learned from."));
        Section("Attacks that are never trained on", null, runs, _ => OpenSet(runs, "attack", Settings.Attack, [], "Copies under the attack, against the honest test members: under the same transformation where it is one of the API's."));
        if (OtherSettings(runs).Length > 0)
        {
            Section("Other settings", null, runs, Others);
        }
    }

    /// <summary>A heading, what there is below it, and the figure; "Not run." where there is neither.</summary>
    private void Section(string heading, string? figure, ScenarioRuns runs, Action<ScenarioRuns> body)
    {
        text.Append(CultureInfo.InvariantCulture, $"### {heading}\n\n");
        var before = text.Length;
        if (figure is not null)
        {
            Figure(runs, figure);
        }

        body(runs);
        if (text.Length == before)
        {
            text.Append("Not run.\n\n");
        }
    }

    private void Figure(ScenarioRuns runs, string kind)
    {
        if (figures.TryGetValue((runs, kind), out var file))
        {
            text.Append(CultureInfo.InvariantCulture, $"![{Titles.OfScenario(runs.Scenario)}, {runs.Profile}: {FigureFiles.Description(kind)}]({file})\n\n");
        }
    }

    private void Main(ScenarioRuns runs)
    {
        foreach (var setting in Titles.MainSettings.Where(setting => runs.SchemesIn(setting).Count > 0))
        {
            var results = runs.SchemesIn(setting).SelectMany(scheme => runs.Of(scheme, setting)).ToList();
            text.Append(CultureInfo.InvariantCulture, $"*{setting}*, {results.Average(result => SchemeMeasures.Stolen(result).Length):0.#} stolen and {results.Average(result => SchemeMeasures.Honest(result).Length):0.#} honest suspects a repeat:\n\n");
            string[] columns = ["scheme", "queries", .. SchemeMeasures.Columns.SelectMany(column => PaperHas(column.Name) ? new[] { column.Name, "paper" } : [column.Name])];
            MarkdownTable.Append(text, columns, runs.SchemesIn(setting).Select(scheme => (IReadOnlyList<string>)
            [
                Titles.Of(scheme), Queries(runs, scheme, setting),
                .. SchemeMeasures.Columns.SelectMany(column => PaperHas(column.Name) ? new[] { Measure(runs, scheme, setting, column.Of), Paper(column.Name, runs.Scenario, scheme) } : [Measure(runs, scheme, setting, column.Of)]),
            ]));
            List<string> parameters =
            [
                .. from scheme in runs.SchemesIn(setting)
                   let chosen = string.Join("; or ", runs.Of(scheme, setting).Select(result => result.Chosen.ReplaceLineEndings(" ")).Where(chosen => chosen.Length > 0).Distinct())
                   where chosen.Length > 0
                   select $"- {Titles.Of(scheme)}: {chosen}\n",
            ];
            if (parameters.Count > 0)
            {
                text.Append("Parameters:\n\n").AppendJoin("", parameters).Append('\n');
            }
        }

        AgainstTheBest(runs);
    }

    /// <summary>
    /// How many times the best other scheme's ARUC is UTAF's, on the repeats that have both. UTAF counts by its defaults, the
    /// others in the setting that suits them better.
    /// </summary>
    private void AgainstTheBest(ScenarioRuns runs)
    {
        var best =
            (from setting in Titles.MainSettings
             from scheme in runs.SchemesIn(setting)
             where !Titles.IsUtaf(scheme)
             let both = runs.Arucs((scheme, setting), (Titles.Utaf, Settings.Default))
             where both.Count > 0
             select (Scheme: scheme, Setting: setting, Aruc: both.Average(pair => pair.First), Ours: both.Average(pair => pair.Second), both.Count))
            .OrderByDescending(one => one.Aruc)
            .FirstOrDefault();
        if (best.Aruc > 0)
        {
            var where = best.Count < runs.Repeats.Count ? $", in {best.Count} of {runs.Repeats.Count} repeats" : "";
            var said = PaperFigures.AgainstTheBest(runs.Scenario) is { } paper ? $"; the paper: {paper}" : "";
            text.Append(CultureInfo.InvariantCulture, $"UTAF's ARUC over that of the best other scheme of those run ({Titles.Of(best.Scheme)}, {best.Setting}{where}): {best.Ours / best.Aruc:0.00}{said}.\n\n");
        }
    }

    private void Times(ScenarioRuns runs)
    {
        if (runs.SchemesInAny(Titles.MainSettings).Count == 0)
        {
            return;
        }

        text.Append("Seconds; verification is of one suspect, its own pass included.\n\n");
        MarkdownTable.Append(text, ["scheme", "setting", "construction", "paper", "verification", "paper"], Titles.MainSettings.SelectMany(setting => runs.SchemesIn(setting).Select(scheme => (IReadOnlyList<string>)
        [
            Titles.Of(scheme), setting,
            Mean.Number(Mean.Of(runs.Of(scheme, setting).Select(result => result.ConstructionSeconds)), Count(runs)), PaperFigures.Construction(runs.Scenario, scheme) ?? "–",
            Mean.Number(Mean.Of(runs.Of(scheme, setting).Select(result => result.VerificationSeconds)), Count(runs)), PaperFigures.Verification(runs.Scenario, scheme) ?? "–",
        ])));
        text.Append("The times are of the machines named above, which may have had other work; [speed.md](speed.md) has paired timings.\n\n");
    }

    private void Learning(ScenarioRuns runs)
    {
        const double level = 0.8;
        var reached = runs.SchemesIn(Settings.Default)
            .Select(scheme => (Scheme: scheme, Curves: runs.Of(scheme, Settings.Default).Select(result => result.LearningCurve).Where(curve => curve.Count > 0).ToList()))
            .Where(learned => learned.Curves.Count > 0)
            .Select(learned => (learned.Scheme, Seconds: Mean.Of(learned.Curves.Select(curve => curve.FirstOrDefault(point => point.Aruc > level)?.Seconds))))
            .ToList();
        if (reached.Count > 0)
        {
            var said = PaperFigures.Learning(runs.Scenario) is { } paper ? $" The paper: {paper}." : "";
            text.Append(CultureInfo.InvariantCulture, $"Seconds until ARUC on the validation part was above {level}: {string.Join("; ", reached.Select(one => $"{Titles.Of(one.Scheme)} {(one.Seconds is null ? "never" : Mean.Number(one.Seconds, Count(runs)))}"))}.{said}\n\n");
        }
    }

    private void Curves(ScenarioRuns runs)
    {
        var faultless = runs.Of(Titles.Utaf, Settings.Default).Select(result => SchemeMeasures.Curve(result).Average(point => point.Robustness >= 1 && point.Uniqueness >= 1 ? 1.0 : 0.0));
        if (Mean.Of(faultless) is { } share)
        {
            var said = PaperFigures.Curves(runs.Scenario) is { } paper ? $"; the paper: {paper}" : "";
            text.Append(CultureInfo.InvariantCulture, $"Share of the thresholds at which UTAF's robustness and uniqueness are both 1: {Mean.Share(share, Count(runs))}{said}.\n\n");
        }

        Figure(runs, "all-curves");
    }

    private void Examples(ScenarioRuns runs)
    {
        if (!figures.ContainsKey((runs, "examples")))
        {
            return;
        }

        var measures = MeasuresByNumber.Examples(runs);
        measures.AppendTables(text, "N", Count(runs));
        if (PaperFigures.Examples(runs.Scenario) is { } said && measures.Aruc(Titles.Utaf, 10) is { Value: > 0 } ten && measures.Aruc(Titles.Utaf, 100) is { } hundred)
        {
            text.Append(CultureInfo.InvariantCulture, $"UTAF's ARUC with 100 examples over that with 10: {hundred.Value / ten.Value:0.000}; the paper: {said}.\n\n");
        }
    }

    private void EnsembleSizes(ScenarioRuns runs)
    {
        if (!figures.ContainsKey((runs, "ensemble")))
        {
            return;
        }

        var measures = MeasuresByNumber.EnsembleSizes(runs);
        measures.AppendTables(text, "models a side", Count(runs));
        var sizes = measures.NumbersOf(Titles.Utaf);
        double[] aruc = [.. sizes.Select(size => measures.Aruc(Titles.Utaf, size)!.Value)];
        if (PaperFigures.EnsembleSizes(runs.Scenario) is { } said && aruc is [> 0, _, ..])
        {
            var rises = aruc.Zip(aruc.Skip(1)).Count(step => step.Second > step.First);
            text.Append(CultureInfo.InvariantCulture, $"UTAF's ARUC with {sizes[^1]} models a side over that with {sizes[0]}: {aruc[^1] / aruc[0]:0.000}, rising at {rises} of {aruc.Length - 1} steps; the paper: {said}.\n\n");
        }
    }

    private void OpenSet(
        ScenarioRuns runs,
        string what,
        Func<string, string?> of,
        IReadOnlyList<(string Name, Func<(SchemeResult Open, SchemeResult Default), SchemeResult> Of)> onTheSame,
        string explanation)
    {
        string[] settings = [.. runs.Settings.Where(setting => of(setting) is not null)];
        if (settings.Length == 0)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"{explanation}\n\n");
        MarkdownTable.Append(text, [what, "scheme", "stolen", "honest", .. SchemeMeasures.InEveryTable.Select(column => column.Name), "mean score, stolen", "mean score, honest", .. onTheSame.Select(column => column.Name)], settings.SelectMany(setting => runs.SchemesIn(setting).Select(scheme =>
        {
            var results = runs.Of(scheme, setting);
            return (IReadOnlyList<string>)
            [
                of(setting)!, Titles.Of(scheme),
                results.Average(result => SchemeMeasures.Stolen(result).Length).ToString("0.#", CultureInfo.InvariantCulture),
                results.Average(result => SchemeMeasures.Honest(result).Length).ToString("0.#", CultureInfo.InvariantCulture),
                .. SchemeMeasures.InEveryTable.Select(column => Measure(runs, scheme, setting, column.Of)),
                Mean.Score(Mean.Of(results.Select(result => SchemeMeasures.Stolen(result).Average())), Count(runs)),
                Mean.Score(Mean.Of(results.Select(result => SchemeMeasures.Honest(result).Average())), Count(runs)),
                .. onTheSame.Select(column => Mean.Share(Mean.Of(runs.OnTheSame(scheme, setting).Select(both => (double?)SchemeMeasures.Of(column.Of(both)).Auc)), Count(runs))),
            ];
        })));

        // The worst of all is what an attacker would choose.
        var worst = settings.Select(setting => (Name: of(setting)!, Auc: Mean.Of(runs.Of(Titles.Utaf, setting).Select(result => SchemeMeasures.Of(result).Auc)))).Where(one => one.Auc is not null).OrderBy(one => one.Auc!.Value).FirstOrDefault();
        if (worst.Auc is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"UTAF's worst AUC here: {Mean.Share(worst.Auc, Count(runs))} ({worst.Name}).\n\n");
        }
    }

    /// <summary>What stands in none of the sections above is not dropped.</summary>
    private void Others(ScenarioRuns runs)
    {
        MarkdownTable.Append(text, ["setting", "scheme", "queries", .. SchemeMeasures.Columns.Select(column => column.Name)], OtherSettings(runs).SelectMany(setting => runs.SchemesIn(setting).Select(scheme => (IReadOnlyList<string>)
        [
            setting, Titles.Of(scheme), Queries(runs, scheme, setting), .. SchemeMeasures.Columns.Select(column => Measure(runs, scheme, setting, column.Of)),
        ])));
    }

    private static string[] OtherSettings(ScenarioRuns runs) =>
    [
        .. runs.Settings.Where(setting => Titles.RankOfSetting(setting) == int.MaxValue
            && Settings.ExampleCount(setting) is null && Settings.EnsembleSize(setting) is null && Settings.LeftOut(setting) is null && Settings.Attack(setting) is null),
    ];

    private static int Count(ScenarioRuns runs) => runs.Repeats.Count;

    private static string Queries(ScenarioRuns runs, string scheme, string setting) =>
        string.Join(" or ", runs.Of(scheme, setting).Select(result => result.Queries).Distinct().Order());

    private static string Measure(ScenarioRuns runs, string scheme, string setting, Func<SchemeMeasures, double?> of) =>
        Mean.Share(Mean.Of(runs.Of(scheme, setting).Select(result => of(SchemeMeasures.Of(result)))), Count(runs));

    private static bool PaperHas(string column) => column is "ARUC" or "robustness at uniqueness 1";

    private static string Paper(string column, string scenario, string scheme) =>
        (column == "ARUC" ? PaperFigures.Aruc(scenario, scheme) : PaperFigures.RobustnessAtUniquenessOne(scenario, scheme)) ?? "–";
}
