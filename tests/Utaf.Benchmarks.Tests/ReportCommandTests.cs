using System.CommandLine;
using System.Globalization;
using System.Xml.Linq;
using Utaf.Benchmarks.Reports;
using Utaf.Benchmarks.Results;
using Utaf.Tests;

namespace Utaf.Benchmarks.Tests;

public sealed class ReportCommandTests
{
    private static readonly string KnownAruc = Runs.Aruc.ToString("0.000", CultureInfo.InvariantCulture);

    [Fact]
    public void One_repeat_has_its_measures_beside_the_papers_and_no_interval()
    {
        using var folder = new TemporaryFolder();
        var page = Report(folder, Runs.Write(folder.File("run"), "skin", "cpu", Runs.Repeat(7)));

        Assert.Equal("0.396", KnownAruc);
        Assert.Contains($"| UTAF | 100 | {KnownAruc} | 0.86 ± 0.01 | 0.875 | 0.500 | 0.500 | 0.500 | 1 | 0.875 |", page, StringComparison.Ordinal);
        Assert.Contains("One repeat: there is no interval.", page, StringComparison.Ordinal);
        Assert.Contains("seeds 7.", page, StringComparison.Ordinal);
        Assert.Contains("`0123456789ab…`", page, StringComparison.Ordinal);
        Assert.Contains("a processor, 2 threads", page, StringComparison.Ordinal);
        Assert.Contains("accuracy: 0.750.", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Repeats_have_a_mean_and_an_interval()
    {
        using var folder = new TemporaryFolder();
        var page = Report(folder, Runs.Write(
            folder.File("run"),
            "warfarin",
            "paper",
            Runs.Repeat(0, Runs.Scheme("utaf", "default", construction: 10)),
            Runs.Repeat(1, Runs.Scheme("utaf", "default", Runs.Apart, construction: 14))));

        // Two values a and b: t(1 degree) = 12.706, s/√2 = |a - b|/2, so the half width is 6.353·|a - b|.
        Assert.Contains("| 0.938 ± 0.794 | 0.750 ± 3.177 | 0.750 ± 3.177 |", page, StringComparison.Ordinal);
        Assert.Contains("| UTAF | default | 12.0 ± 25.4 | – | 0.250 | – |", page, StringComparison.Ordinal);
        Assert.Contains("| > 0.98 |", page, StringComparison.Ordinal);
        Assert.DoesNotContain("One repeat", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_family_stands_against_all_honest_suspects_and_the_distilled_first()
    {
        using var folder = new TemporaryFolder();
        var page = Report(folder, Runs.Write(folder.File("run"), "skin", "cpu", Runs.Repeat(7)));

        string[] expected =
        [
            // ARUC by counting thresholds, of 101: distilled 35, fine-tuned 55, pruned 27.5, honest 22.5 and 55.
            "| family | side | models a repeat | ARUC | AUC | TPR at 1 % FPR | TPR at 5 % FPR | mean score |",
            "|---|---|---|---|---|---|---|---|",
            "| **distillation** | stolen | 2 | 0.347 | 0.875 | 0.500 | 0.500 | 0.650 |",
            "| fine-tuning | stolen | 1 | 0.545 | 1.000 | 1.000 | 1.000 | 0.900 |",
            "| weight-pruning | stolen | 1 | 0.272 | 0.750 | 0.000 | 0.000 | 0.600 |",
            "| independent-data | honest | 2 | 0.223 | 0.750 | – | – | 0.550 |",
            "| independent-similar | honest | 2 | 0.545 | 1.000 | – | – | 0.150 |",
        ];
        Assert.Contains(string.Join('\n', expected), page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_familys_true_positives_are_counted_at_both_rates_of_false_ones()
    {
        using var folder = new TemporaryFolder();
        var page = Report(folder, Runs.Write(folder.File("run"), "skin", "cpu", Runs.Repeat(7, Runs.Scheme("utaf", "default", Runs.ManyHonest))));

        // Distilled: 1 and 3 of 4 are found, (100 + 2 · 96 + 20) / 400, and 32.56 / 101. Retrained: 69.5 / 101.
        Assert.Contains("| **distillation** | stolen | 4 | 0.322 | 0.780 | 0.250 | 0.750 | 0.492 |", page, StringComparison.Ordinal);
        Assert.Contains("| retraining | stolen | 2 | 0.688 | 1.000 | 1.000 | 1.000 | 0.950 |", page, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_not_run_has_no_number()
    {
        using var folder = new TemporaryFolder();
        var page = Report(folder, Runs.Write(folder.File("run"), "warfarin", "cpu", Runs.Repeat(7)));

        Assert.Contains("## Skin\n\nNot run.\n", page, StringComparison.Ordinal);
        Assert.Contains("## Fashion\n\nNot run.\n", page, StringComparison.Ordinal);
        Assert.Contains("### Learning over time (Fig. 3)\n\nNot run.\n", page, StringComparison.Ordinal);
        Assert.Contains("### Number of fingerprint examples (Fig. 4)\n\nNot run.\n", page, StringComparison.Ordinal);
        Assert.Contains("### A family left out of the ensemble\n\nNot run.\n", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Other settings", page, StringComparison.Ordinal);
        Assert.DoesNotContain("*swept*, ", page, StringComparison.Ordinal);
        Assert.DoesNotContain("202 ± 11", page, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("out/results/warfarin-cpu-examples.svg")));
    }

    [Fact]
    public void A_profile_that_is_not_the_papers_says_so()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("**This is not the paper's setting**", Report(folder, Runs.Write(folder.File("cpu"), "skin", "cpu", Runs.Repeat(7))), StringComparison.Ordinal);
        Assert.Contains("**These are no results.**", Report(folder, Runs.Write(folder.File("smoke"), "skin", "smoke", Runs.Repeat(7))), StringComparison.Ordinal);
        Assert.DoesNotContain("not the paper's setting", Report(folder, Runs.Write(folder.File("paper"), "skin", "paper", Runs.Repeat(7))), StringComparison.Ordinal);
    }

    [Fact]
    public void Almost_one_is_not_written_as_one()
    {
        using var folder = new TemporaryFolder();
        ScoredSuspect[] suspects =
        [
            .. Enumerable.Range(0, 60).Select(i => new ScoredSuspect($"p{i}", true, "retraining", i == 0 ? 0.4 : 0.9999999)),
            .. Enumerable.Range(0, 60).Select(i => new ScoredSuspect($"n{i}", false, "independent-data", i == 0 ? 0.5 : 0.1)),
        ];

        var page = Report(folder, Runs.Write(folder.File("run"), "skin", "cpu", Runs.Repeat(0, Runs.Scheme("utaf", "default", suspects))));

        // 3599 of 3600 pairs; the mean of scores is only rounded. ARUC is 59/60 at 90 of 101 thresholds; 59 of 60 lie above all honest ones.
        Assert.Contains("| 0.9997 |", page, StringComparison.Ordinal);
        Assert.Contains("| retraining | stolen | 60 | 0.876 | 0.9997 | 0.983 | 1.000 | 0.990 |", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_scheme_that_misses_a_repeat_says_of_how_many_its_mean_is()
    {
        using var folder = new TemporaryFolder();
        var page = Report(folder, Runs.Write(
            folder.File("run"), "skin", "cpu", Runs.Repeat(0), Runs.Repeat(1, Runs.Scheme("utaf", "default"), Runs.Scheme("ipguard", "default"))));

        Assert.Contains($"| IPGuard | 100 | {KnownAruc} (1 of 2 repeats) | 0.27 | 0.875 (1 of 2 repeats) |", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Figures_4_and_5_and_the_open_set_have_tables()
    {
        using var folder = new TemporaryFolder();
        var page = Report(folder, Everything(folder.File("run")));

        Assert.Contains($"| ARUC | N = 10 | N = 20 | N = 100 |\n|---|---|---|---|\n| UTAF | {KnownAruc} | 0.980 | 0.980 |\n| IPGuard | {KnownAruc} | – | {KnownAruc} |", page, StringComparison.Ordinal);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"UTAF's ARUC with 100 examples over that with 10: {99 / 101.0 / Runs.Aruc:0.000}; the paper: about 1.2."), page, StringComparison.Ordinal);
        Assert.Contains($"| ARUC | models a side = 8 | models a side = 16 |\n|---|---|---|\n| UTAF | {KnownAruc} | 0.980 |", page, StringComparison.Ordinal);
        Assert.Contains($"| distillation | UTAF | 4 | 4 | {KnownAruc} | 0.875 | 0.500 | 0.500 | 0.700 | 0.350 | 0.875 | 1.000 |", page, StringComparison.Ordinal);
        Assert.Contains("UTAF's worst AUC here: 0.875 (distillation).", page, StringComparison.Ordinal);
        Assert.Contains($"| int8 | UTAF | 4 | 4 | 0.980 | 1.000 |", page, StringComparison.Ordinal);
        Assert.Contains($"| pairs=100 | ModelDiff | 200 | {KnownAruc} |", page, StringComparison.Ordinal);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"UTAF's ARUC over that of the best other scheme of those run (IPGuard, default): {99 / 101.0 / Runs.Aruc:0.00}; the paper: about 3.2 (IPGuard)."), page, StringComparison.Ordinal);
        Assert.Contains("Seconds until ARUC on the validation part was above 0.8: UTAF 10.5 ± 6.4. The paper: less than 200.", page, StringComparison.Ordinal);
        Assert.Contains("Parameters:\n\n- IPGuard: k = 0.1\n\n", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Not run.\n\n###", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Figures_4_and_5_have_all_measures_beside_ARUC()
    {
        using var folder = new TemporaryFolder();
        var page = Report(folder, Runs.Write(folder.File("run"), "warfarin", "cpu", Runs.Repeat(
            7,
            Runs.Scheme("utaf", "default", Runs.Apart),
            Runs.Scheme("utaf", "n=10", Runs.ManyHonest, queries: 10),
            Runs.Scheme("utaf", "ensemble=8", Runs.Apart),
            Runs.Scheme("utaf", "ensemble=16", Runs.ManyHonest))));

        (string Name, string ManyHonest, string Apart)[] measures = [("ARUC", "0.448", "0.980"), ("AUC", "0.853", "1.000"), ("TPR at 1 % FPR", "0.500", "1.000"), ("TPR at 5 % FPR", "0.833", "1.000")];
        Assert.Contains(string.Concat(measures.Select(one => $"| {one.Name} | N = 10 | N = 100 |\n|---|---|---|\n| UTAF | {one.ManyHonest} | {one.Apart} |\n\n")), page, StringComparison.Ordinal);
        Assert.Contains(string.Concat(measures.Select(one => $"| {one.Name} | models a side = 8 | models a side = 16 |\n|---|---|---|\n| UTAF | {one.Apart} | {one.ManyHonest} |\n\n")), page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_open_set_has_all_measures_beside_ARUC()
    {
        using var folder = new TemporaryFolder();
        var page = Report(folder, Runs.Write(folder.File("run"), "skin", "cpu", Runs.Repeat(
            7, Runs.Scheme("utaf", "without=chains", Runs.ManyHonest), Runs.Scheme("utaf", "unseen=int8", Runs.ManyHonest))));

        Assert.Contains("| chains | UTAF | 6 | 100 | 0.448 | 0.853 | 0.500 | 0.833 |", page, StringComparison.Ordinal);
        Assert.Contains("| int8 | UTAF | 6 | 100 | 0.448 | 0.853 | 0.500 | 0.833 |", page, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_left_out_is_compared_with_the_same_models_when_all_are_learned_from()
    {
        using var folder = new TemporaryFolder();
        ScoredSuspect[] open = [.. Runs.Apart.Where(suspect => !suspect.Stolen || suspect.Family == "distillation"), new("learned from otherwise", true, "distillation", 0)];
        var page = Report(folder, Runs.Write(folder.File("run"), "skin", "cpu", Runs.Repeat(
            7, Runs.Scheme("utaf", "default"), Runs.Scheme("utaf", "without=distillation", open))));

        // 8 of 12 pairs; 8 of 8 without the copy that is not in the test part; and there 7 of 8 when it is learned from.
        Assert.Matches(@"\| distillation \| UTAF \| 3 \| 4 \| [0-9.]+ \| 0\.667 \|.*\| 1\.000 \| 0\.875 \|\n", page);
    }

    [Fact]
    public void The_best_other_scheme_is_that_of_both_settings_and_no_form_of_UTAF()
    {
        using var folder = new TemporaryFolder();
        var page = Report(folder, Runs.Write(folder.File("run"), "skin", "cpu", Runs.Repeat(
            7,
            Runs.Scheme("utaf", "default"),
            Runs.Scheme("utaf-paper", "default", Runs.Apart),
            Runs.Scheme("ipguard", "default", Runs.ManyHonest),
            Runs.Scheme("modeldiff", "default"),
            Runs.Scheme("modeldiff", "swept", Runs.Apart),
            Runs.Scheme("ipguard", "swept"))));

        // 40/101 over 99/101.
        Assert.Contains("UTAF's ARUC over that of the best other scheme of those run (ModelDiff, swept): 0.40; the paper: about 3.2 (IPGuard).", page, StringComparison.Ordinal);
        Assert.Equal(2, page.Split("the best other scheme").Length);
    }

    [Fact]
    public void The_best_other_scheme_is_compared_on_the_repeats_that_have_it()
    {
        using var folder = new TemporaryFolder();
        var page = Report(folder, Runs.Write(
            folder.File("run"),
            "skin",
            "cpu",
            Runs.Repeat(7, Runs.Scheme("utaf", "default", Runs.Apart), Runs.Scheme("ipguard", "default", Runs.ManyHonest)),
            Runs.Repeat(8, Runs.Scheme("utaf", "default"))));

        // 99/101 over 45.22/101, and not the mean of two repeats over it.
        Assert.Contains("(IPGuard, default, in 1 of 2 repeats): 2.19; the paper: about 3.2 (IPGuard).", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_scheme_that_found_fewer_queries_stands_under_the_number_that_was_asked_for()
    {
        using var folder = new TemporaryFolder();
        var page = Report(folder, Runs.Write(folder.File("run"), "warfarin", "cpu", Runs.Repeat(
            7,
            Runs.Scheme("utaf", "default", Runs.Apart),
            Runs.Scheme("utaf", "n=10", Runs.Apart, queries: 10),
            Runs.Scheme("akh", "default", Runs.Apart, queries: 52),
            Runs.Scheme("akh", "n=10", Runs.Apart, queries: 9))));

        Assert.Contains("| ARUC | N = 10 | N = 100 |\n|---|---|---|\n| UTAF | 0.980 | 0.980 |\n| AKH | 0.980 | 0.980 |\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_another_scheme_there_is_no_best_one()
    {
        using var folder = new TemporaryFolder();
        var page = Report(folder, Runs.Write(folder.File("run"), "skin", "cpu", Runs.Repeat(7, Runs.Scheme("utaf", "default"), Runs.Scheme("utaf-paper", "default"))));

        Assert.DoesNotContain("the best other scheme", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_trend_over_the_ensembles_size_stands_beside_the_papers()
    {
        using var folder = new TemporaryFolder();
        var page = Report(folder, Runs.Write(folder.File("run"), "fashion", "cpu", Runs.Repeat(
            7,
            Runs.Scheme("utaf", "ensemble=8", Runs.Apart),
            Runs.Scheme("utaf", "ensemble=16"),
            Runs.Scheme("utaf", "ensemble=32", Runs.ManyHonest))));

        // 45.22/101 over 99/101; down to 40/101, then up.
        Assert.Contains("UTAF's ARUC with 32 models a side over that with 8: 0.457, rising at 1 of 2 steps; the paper: a steady upward trend.", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("skin", "")]
    [InlineData("warfarin", "; the paper: both stay 1 unless ρ is very close to 0 or 1")]
    [InlineData("fashion", "; the paper: both stay 1 unless ρ is very close to 0 or 1")]
    public void Thresholds_without_an_error_stand_beside_the_papers_where_it_speaks_of_them(string scenario, string paper)
    {
        using var folder = new TemporaryFolder();
        var apart = Report(folder, [Runs.Write(folder.File("apart"), scenario, "cpu", Runs.Repeat(7, Runs.Scheme("utaf", "default", Runs.Apart)))], "one");
        var mixed = Report(folder, [Runs.Write(folder.File("mixed"), scenario, "cpu", Runs.Repeat(7))], "other");

        // All but 0 and 1 of the 101 thresholds.
        Assert.Contains($"Share of the thresholds at which UTAF's robustness and uniqueness are both 1: 0.980{paper}.\n", apart, StringComparison.Ordinal);
        Assert.Contains($"Share of the thresholds at which UTAF's robustness and uniqueness are both 1: 0.000{paper}.\n", mixed, StringComparison.Ordinal);
    }

    [Fact]
    public void Times_say_what_they_are_of()
    {
        using var folder = new TemporaryFolder();
        var page = Report(folder, Runs.Write(folder.File("run"), "skin", "cpu", Runs.Repeat(7)));

        Assert.Contains(
            "| UTAF | default | 12.0 | 202 ± 11 | 0.250 | 7.2 ± 0.8 |\n\nThe times are of the machines named above, which may have had other work; [speed.md](speed.md) has paired timings.\n",
            page,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Every_figure_is_a_drawing_within_its_borders()
    {
        using var folder = new TemporaryFolder();
        var page = Report(folder, Everything(folder.File("run")));

        string[] kinds = ["schemes", "learning", "curves", "all-curves", "examples", "ensemble"];
        Assert.Equal(kinds.Order(), Directory.GetFiles(folder.File("out/results")).Select(file => Path.GetFileNameWithoutExtension(file)["skin-cpu-".Length..]).Order());
        foreach (var kind in kinds)
        {
            Assert.Contains($"](results/skin-cpu-{kind}.svg)", page, StringComparison.Ordinal);
            var svg = XDocument.Load(folder.File($"out/results/skin-cpu-{kind}.svg")).Root!;
            double[] box = [.. svg.Attribute("viewBox")!.Value.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
            var corners = svg.Elements().SelectMany(Corners).ToList();
            Assert.True(corners.Count > 20);
            Assert.All(corners, corner => Assert.True(corner.X >= 0 && corner.X <= box[2] && corner.Y >= 0 && corner.Y <= box[3], $"{kind}: {corner}"));
        }
    }

    [Fact]
    public void The_curves_figure_tells_the_ARUC_of_the_mean()
    {
        using var folder = new TemporaryFolder();
        Report(folder, Runs.Write(folder.File("run"), "fashion", "cpu", Runs.Repeat(0)));

        Assert.Contains($"Fashion (cpu): UTAF: ARUC {KnownAruc}", File.ReadAllText(folder.File("out/results/fashion-cpu-curves.svg")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_folders_give_the_same_bytes_in_any_order()
    {
        using var folder = new TemporaryFolder();
        var (first, second) = (Everything(folder.File("a")), Runs.Write(folder.File("b"), "skin", "cpu", Runs.Repeat(9)));
        var warfarin = Runs.Write(folder.File("c"), "warfarin", "cpu", Runs.Repeat(9));

        Report(folder, [first, second, warfarin], "one");
        Report(folder, [warfarin, second, first, second], "other");

        string[] files = [.. Directory.GetFiles(folder.File("one"), "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder.File("one"), file))];
        Assert.True(files.Length > 6);
        Assert.All(files, file => Assert.Equal(File.ReadAllBytes(folder.File($"one/{file}")), File.ReadAllBytes(folder.File($"other/{file}"))));
    }

    [Fact]
    public void A_copy_of_a_run_counts_once()
    {
        using var folder = new TemporaryFolder();
        var page = Report(folder, [Runs.Write(folder.File("a"), "skin", "cpu", Runs.Repeat(7)), Runs.Write(folder.File("b"), "skin", "cpu", Runs.Repeat(7))]);

        Assert.Contains("- Repeats: 1, seeds 7.", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Runs_of_other_settings_on_one_ensemble_are_one_repeat()
    {
        using var folder = new TemporaryFolder();
        var page = Report(folder, [
            Runs.Write(folder.File("b"), "skin", "cpu", Runs.Repeat(7, Runs.Scheme("utaf", "default", construction: 99), Runs.Scheme("utaf", "n=10", Runs.Apart, queries: 10)) with { EnsembleSeconds = 1 }),
            Runs.Write(folder.File("a"), "skin", "cpu", Runs.Repeat(7, Runs.Scheme("utaf", "default", construction: 12), Runs.Scheme("ipguard", "default"))),
        ]);

        Assert.Contains("- Repeats: 1, seeds 7.", page, StringComparison.Ordinal);
        Assert.Contains("built in 60.0 s.", page, StringComparison.Ordinal);
        Assert.Contains("| UTAF | default | 12.0 | 202 ± 11 |", page, StringComparison.Ordinal);
        Assert.Contains($"| IPGuard | 100 | {KnownAruc} |", page, StringComparison.Ordinal);
        Assert.Contains($"| ARUC | N = 10 | N = 100 |\n|---|---|---|\n| UTAF | 0.980 | {KnownAruc} |", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Ensembles_that_differ_in_what_is_only_learned_from_are_one_repeat_and_ensembles_of_other_suspects_are_not()
    {
        using var folder = new TemporaryFolder();
        var first = Runs.Write(folder.File("a"), "skin", "cpu", Runs.Repeat(7, Runs.Scheme("ipguard", "default")));
        var larger = Runs.Write(folder.File("b"), "skin", "cpu", Runs.Repeat(7) with { Members = 146 });
        var ofOthers = Runs.Write(folder.File("c"), "skin", "cpu", Runs.Repeat(7, Runs.Scheme("utaf", "default", Runs.ManyHonest)));

        Assert.Contains("- Ensemble: 146 models, built in 60.0 s.", Report(folder, [first, larger]), StringComparison.Ordinal);
        Fails("UTAF1904", ofOthers, first, ofOthers);
    }

    [Fact]
    public void Runs_that_disagree_are_told()
    {
        using var folder = new TemporaryFolder();
        var first = Runs.Write(folder.File("a"), "skin", "cpu", Runs.Repeat(7));
        var other = Runs.Write(folder.File("b"), "skin", "cpu", Runs.Repeat(7, Runs.Scheme("utaf", "default", Runs.Apart)));
        var ofOtherData = folder.File("c");
        RunFolder.Create(ofOtherData, new(RunSettings.CurrentFormat, "skin", "cpu", 0, ["ffff"], "a processor, 2 threads")).Write(Runs.Repeat(8));

        var ofAnotherTarget = Runs.Write(folder.File("d"), "skin", "cpu", Runs.Repeat(7) with { Target = new Dictionary<string, double> { ["accuracy"] = 0.5 } });

        Fails("UTAF1904", other, first, other);
        Fails("UTAF1904", ofAnotherTarget, first, ofAnotherTarget);
        Fails("UTAF1904", ofOtherData, first, ofOtherData);
    }

    [Fact]
    public void Folders_that_cannot_be_reported_are_told()
    {
        using var folder = new TemporaryFolder();
        var good = Runs.Write(folder.File("good"), "skin", "cpu", Runs.Repeat(7));
        Fails("UTAF1002", folder.File("none/run.json"), good, folder.File("none"));

        Directory.CreateDirectory(folder.File("empty"));
        Fails("UTAF1002", folder.File("empty/run.json"), good, folder.File("empty"));

        Fails("UTAF1905", folder.File("begun"), good, Runs.Write(folder.File("begun"), "warfarin", "cpu"));

        var cut = Runs.Write(folder.File("cut"), "warfarin", "cpu", Runs.Repeat(7));
        var file = Path.Combine(cut, "repeat-7.json");
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^40]);
        Fails("UTAF1901", file, good, cut);

        Directory.CreateDirectory(folder.File("newer"));
        File.WriteAllText(folder.File("newer/run.json"), "{\"format\": 99, \"what\": \"ever\"}");
        Fails("UTAF1902", folder.File("newer/run.json"), good, folder.File("newer"));

        Assert.False(Directory.Exists(folder.File("out")));
    }

    [Fact]
    public void No_folder_at_all_is_a_wrong_command_line()
    {
        var error = new StringWriter();

        Assert.Equal(2, Application.Run(new RootCommand { ReportCommand.Make() }, ["report"], TextWriter.Null, error));
        Assert.Contains("UTAF1000", error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>A run that has every setting, of two repeats.</summary>
    private static string Everything(string path) => Runs.Write(path, "skin", "cpu", [.. new[] { 0UL, 1UL }.Select(seed => Runs.Repeat(
        seed,
        [
            Runs.Scheme("utaf", "default", Runs.Apart) with { LearningCurve = [new(0, 0.5, 0.1), new(4 + seed, 0.9, 0.6), new(10 + seed, 0.99, 0.9)] },
            Runs.Scheme("ipguard", "default"),
            Runs.Scheme("ipguard", "swept", construction: 3) with { Chosen = "k = 0.1" },
            Runs.Scheme("utaf", "n=10", queries: 10),
            Runs.Scheme("utaf", "n=20", Runs.Apart, queries: 20),
            Runs.Scheme("ipguard", "n=10", queries: 10),
            Runs.Scheme("utaf", "ensemble=8"),
            Runs.Scheme("utaf", "ensemble=16", Runs.Apart),
            Runs.Scheme("utaf", "without=distillation"),
            Runs.Scheme("utaf", "without=fine-tuning", Runs.Apart),
            Runs.Scheme("utaf", "unseen=int8", Runs.Apart),
            Runs.Scheme("modeldiff", "pairs=100", queries: 200),
        ]))]);

    [Fact]
    public void Figures_of_other_runs_are_removed_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        var results = Directory.CreateDirectory(folder.File("out/results")).FullName;
        string[] own = ["mine.svg", "skin-cpu-notes.svg", "skin-gpu-curves.svg", "skin-cpu-curves.png"];
        foreach (var name in (string[])[.. own, "skin-cpu-ensemble.svg", "warfarin-paper-all-curves.svg"])
        {
            File.WriteAllText(Path.Combine(results, name), "");
        }

        _ = Report(folder, Runs.Write(folder.File("run"), "skin", "cpu", Runs.Repeat(7)));

        var left = Directory.GetFiles(results).Select(path => Path.GetFileName(path)).ToList();
        Assert.Superset(own.ToHashSet(), left.ToHashSet());
        Assert.Contains("skin-cpu-curves.svg", left);
        Assert.DoesNotContain("skin-cpu-ensemble.svg", left);
        Assert.DoesNotContain("warfarin-paper-all-curves.svg", left);
    }

    private static string Report(TemporaryFolder folder, string run) => Report(folder, [run]);

    private static string Report(TemporaryFolder folder, string[] runs, string destination = "out")
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = Application.Run(new RootCommand { ReportCommand.Make() }, ["report", .. runs, "--out", folder.File(destination)], output, error);

        Assert.Equal((0, ""), (code, error.ToString()));
        Assert.Contains("results.md", output.ToString(), StringComparison.Ordinal);

        // A mean over repeats without spread has an interval of nothing; the tests read without it.
        return File.ReadAllText(folder.File($"{destination}/results.md")).Replace(" ± 0.000", "", StringComparison.Ordinal);
    }

    private static void Fails(string code, string origin, params string[] runs)
    {
        var error = new StringWriter();
        var destination = Path.Combine(Path.GetDirectoryName(runs[0])!, "out");

        Assert.Equal(2, Application.Run(new RootCommand { ReportCommand.Make() }, ["report", .. runs, "--out", destination], TextWriter.Null, error));
        Assert.StartsWith($"{origin} : error {code}: ", error.ToString(), StringComparison.Ordinal);
    }

    private static IEnumerable<(double X, double Y)> Corners(XElement element)
    {
        double Number(string name) => (double)element.Attribute(name)!;
        return element.Name.LocalName switch
        {
            "line" => [(Number("x1"), Number("y1")), (Number("x2"), Number("y2"))],
            "circle" => [(Number("cx"), Number("cy"))],
            "polyline" or "polygon" => element.Attribute("points")!.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(point => point.Split(',')).Select(pair => (double.Parse(pair[0], CultureInfo.InvariantCulture), double.Parse(pair[1], CultureInfo.InvariantCulture))),

            // What a text takes to either side of its anchor, roughly.
            "text" when element.Attribute("x") is not null => [.. Ends(element, Number("x")).Select(x => (x, Number("y")))],
            _ => [],
        };
    }

    private static double[] Ends(XElement text, double x)
    {
        var length = text.Value.Length * (double)text.Attribute("font-size")! * 0.5;
        return text.Attribute("text-anchor")!.Value switch
        {
            "start" => [x, x + length],
            "end" => [x - length, x],
            _ => [x - (length / 2), x + (length / 2)],
        };
    }
}
