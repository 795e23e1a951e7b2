using System.CommandLine;
using Utaf.Benchmarks.Results;
using Utaf.Benchmarks.Scenarios;
using Utaf.Tests;

namespace Utaf.Benchmarks.Tests;

[Collection("torch")]
public sealed class ScenarioCommandTests
{
    private const string Table = "iwpc_31feat_5741.csv";

    [Theory]
    [InlineData("warfarin", "without=chain", "unseen=int8", "unseen=input-noise")]
    [InlineData("skin", "unseen=int8", "unseen=input-noise", "unseen=resize", "unseen=adversarial")]
    [InlineData("fashion", "unseen=int8", "unseen=input-noise")]
    public void A_smoke_run_leaves_a_folder_that_a_second_one_goes_on_with(string scenario, params string[] expected)
    {
        using var folder = new TemporaryFolder();
        ScenarioData.Write(scenario, folder.Path);
        const string schemes = "utaf,utaf-paper,akh,sac";
        string[] run = [scenario, "--data", folder.Path, "--profile", "smoke", "--seed", "3", "--repeats", "1", "--processes", "1", "--schemes", schemes, "--work", folder.File("work"), "--run", folder.File("run")];

        var first = Run(run);
        Assert.True(first.Code == 0, first.Text);
        var repeat = Assert.Single(RunFolder.Open(folder.File("run")).Repeats());

        Assert.Equal(3UL, repeat.Seed);
        Assert.Equal(24, repeat.Members);
        Assert.NotEmpty(repeat.Target);
        var ours = repeat.Schemes.Where(scheme => scheme.Scheme == "utaf").ToList();
        var settings = ours.Select(scheme => scheme.Setting).ToList();
        Assert.All((string[])["default", "n=10", "ensemble=4", .. expected], setting => Assert.Contains(setting, settings));
        Assert.Contains(repeat.Schemes, scheme => scheme is { Scheme: "utaf-paper", Setting: "default", Queries: 100 });
        Assert.Equal(10, ours.Single(scheme => scheme.Setting == "n=10").Queries);
        Assert.All(repeat.Schemes, scheme =>
        {
            Assert.Contains(scheme.Suspects, suspect => suspect.Stolen);
            Assert.Contains(scheme.Suspects, suspect => !suspect.Stolen);
            Assert.All(scheme.Suspects, suspect => Assert.InRange(suspect.Score, 0, 1));
            Assert.Equal(scheme.Suspects.Count, scheme.Suspects.DistinctBy(suspect => suspect.Id).Count());
        });

        // Nothing is asked twice, and nothing that is there is lost.
        var again = Run(run);
        Assert.Equal(2, again.Code);
        Assert.Contains("UTAF1001", again.Text, StringComparison.Ordinal);
        Assert.Contains("finished before", Run([.. run, "--resume"]).Text, StringComparison.Ordinal);

        // A folder that answered another question would be no answer to this one.
        File.WriteAllText(folder.File("other.csv"), "1,2\n");
        string[][] others =
        [
            [.. run.Select(argument => argument == "3" ? "4" : argument)],
            [.. run.Select(argument => argument == schemes ? "utaf" : argument)],
            [.. run, "--settings", "none"],
            [.. run, "--irrelevant", folder.File("other.csv")],
        ];
        Assert.All(others, other => Assert.Contains("UTAF1903", Run([.. other, "--resume"]).Text, StringComparison.Ordinal));
    }

    [Fact]
    public void ModelDiff_is_run_with_a_hundred_pairs_too_where_numbers_are_varied()
    {
        using var folder = new TemporaryFolder();
        ScenarioData.Write("skin", folder.Path);
        string[] run = ["skin", "--data", folder.Path, "--profile", "smoke", "--repeats", "1", "--processes", "1", "--schemes", "modeldiff,akh", "--work", folder.File("work")];

        var varied = Run([.. run, "--settings", "n", "--run", folder.File("varied")]);
        var alone = Run([.. run, "--settings", "none", "--run", folder.File("alone")]);

        Assert.True((varied.Code, alone.Code) == (0, 0), varied.Text + alone.Text);
        var results = RunFolder.Open(folder.File("varied")).Repeats()[0].Schemes;
        Assert.StartsWith("100 pairs", results.Single(result => result is { Scheme: "modeldiff", Setting: "pairs=100" }).Chosen, StringComparison.Ordinal);
        Assert.DoesNotContain(results, result => result is { Scheme: "akh", Setting: "pairs=100" });
        Assert.DoesNotContain(RunFolder.Open(folder.File("alone")).Repeats()[0].Schemes, result => result.Setting == "pairs=100");
    }

    [Fact]
    public void A_run_whose_repeat_is_lost_goes_on_with_its_ensemble_and_scores_the_same()
    {
        using var folder = new TemporaryFolder();
        ScenarioData.Write("warfarin", folder.Path);
        string[] run = ["warfarin", "--data", folder.Path, "--profile", "smoke", "--repeats", "1", "--settings", "none", "--schemes", "utaf", "--work", folder.File("work"), "--run", folder.File("run")];
        Run(run);
        var before = RunFolder.Open(folder.File("run")).Repeats()[0];
        File.Delete(Path.Combine(folder.File("run"), RepeatResult.FileName(0)));
        File.Delete(Directory.EnumerateFiles(folder.File("work"), "*.safetensors", SearchOption.AllDirectories).Order().First());

        Run([.. run, "--resume"]);

        var after = RunFolder.Open(folder.File("run")).Repeats()[0];
        Assert.Equal(before.Schemes[0].Suspects, after.Schemes[0].Suspects);
        Assert.True(after.EnsembleSeconds > before.EnsembleSeconds);
    }

    [Theory]
    [InlineData("warfarin", "IWPC")]
    [InlineData("skin", "HAM10000")]
    [InlineData("fashion", "Fashion-MNIST")]
    public void A_missing_file_is_told_with_the_data_set_that_it_is_of(string scenario, string dataSet)
    {
        using var folder = new TemporaryFolder();

        var (code, text) = Run([scenario, "--data", folder.Path]);

        Assert.Equal(2, code);
        Assert.Contains("UTAF1002", text, StringComparison.Ordinal);
        Assert.Contains(dataSet, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("skin", "derma28_ham10000.npz", "medmnist.com")]
    [InlineData("fashion", "train-images-idx3-ubyte", "github.com/zalandoresearch/fashion-mnist")]
    [InlineData("fashion", "t10k-images-idx3-ubyte", "github.com/zalandoresearch/fashion-mnist")]
    public void A_truncated_file_is_told_with_where_to_get_it_and_leaves_no_run(string scenario, string file, string source)
    {
        using var folder = new TemporaryFolder();
        ScenarioData.Write(scenario, folder.Path);
        File.WriteAllBytes(folder.File(file), File.ReadAllBytes(folder.File(file))[..5000]);

        var (code, text) = Run([scenario, "--data", folder.Path, "--profile", "smoke", "--work", folder.File("work"), "--run", folder.File("run")]);

        Assert.Equal(2, code);
        Assert.Contains("UTAF1207", text, StringComparison.Ordinal);
        Assert.Contains(folder.File(file), text, StringComparison.Ordinal);
        Assert.Contains(source, text, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("run")));
    }

    [Fact]
    public void A_run_that_was_refused_for_a_truncated_table_begins_with_the_whole_one()
    {
        using var folder = new TemporaryFolder();
        ScenarioData.Write("warfarin", folder.Path);
        var whole = File.ReadAllText(folder.File(Table));
        File.WriteAllText(folder.File(Table), whole[..whole.LastIndexOf(',')]);
        string[] run = ["warfarin", "--data", folder.Path, "--profile", "smoke", "--repeats", "1", "--settings", "none", "--schemes", "utaf", "--work", folder.File("work"), "--run", folder.File("run")];

        var refused = Run(run);

        Assert.Equal(2, refused.Code);
        Assert.Contains("UTAF1208: Expected 34 columns as in the first row, found 33 in row 15", refused.Text, StringComparison.Ordinal);
        Assert.Contains("clinpgx.org", refused.Text, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("run")));

        File.WriteAllText(folder.File(Table), whole);
        var mended = Run(run);
        Assert.True(mended.Code == 0, mended.Text);
    }

    [Fact]
    public void A_table_that_was_cut_at_a_lines_end_lacks_patients()
    {
        using var folder = new TemporaryFolder();
        ScenarioData.Write("warfarin", folder.Path);

        var (code, text) = Run(["warfarin", "--data", folder.Path, "--profile", "cpu", "--work", folder.File("work"), "--run", folder.File("run")]);

        Assert.Equal(2, code);
        Assert.Contains("UTAF1207: Expected 5741 patients, found 150: the file is truncated.", text, StringComparison.Ordinal);
        Assert.Contains("clinpgx.org", text, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("run")));
    }

    [Fact]
    public void A_damaged_file_of_another_domain_is_not_taken_for_one_of_the_data_set()
    {
        using var folder = new TemporaryFolder();
        ScenarioData.Write("warfarin", folder.Path);
        File.WriteAllText(folder.File("other.csv"), "1,2\n3\n");
        string[] run = ["warfarin", "--data", folder.Path, "--profile", "smoke", "--work", folder.File("work"), "--run", folder.File("run")];

        var damaged = Run([.. run, "--irrelevant", folder.File("other.csv")]);
        var missing = Run([.. run, "--irrelevant", folder.File("none.csv")]);

        Assert.Contains("UTAF1208", damaged.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("clinpgx.org", damaged.Text, StringComparison.Ordinal);
        Assert.Contains("UTAF1002", missing.Text, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("run")));
    }

    [Fact]
    public void Skins_images_are_read_as_they_are_published()
    {
        using var folder = new TemporaryFolder();
        ScenarioData.WritePublished(folder.Path);

        var (code, text) = Run(["skin", "--data", folder.Path, "--profile", "smoke", "--repeats", "1", "--processes", "1", "--settings", "none", "--schemes", "sac", "--work", folder.File("work")]);

        Assert.True(code == 0, text);
        Assert.Contains("sac, default: AUC", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(32, 6, "images of [3, 32, 32]")]
    [InlineData(28, 9, "Expected a class number from 0 to 6")]
    public void Images_of_another_size_and_labels_beyond_the_classes_are_told(int side, byte mostLabel, string found)
    {
        using var folder = new TemporaryFolder();
        ScenarioData.WritePublished(folder.Path, side, mostLabel);

        var (code, text) = Run(["skin", "--data", folder.Path, "--profile", "smoke", "--repeats", "1", "--work", folder.File("work"), "--run", folder.File("run")]);

        Assert.True(code == 2, text);
        Assert.Contains("UTAF12", text, StringComparison.Ordinal);
        Assert.Contains(found, text, StringComparison.Ordinal);
        Assert.Contains("medmnist.com", text, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("run")));
    }

    [Fact]
    public void A_table_of_other_features_is_told()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File(Table), ScenarioData.Table(new Random(1), features: 30));

        var (code, text) = Run(["warfarin", "--data", folder.Path, "--profile", "smoke", "--work", folder.File("work")]);

        Assert.Equal(2, code);
        Assert.Contains("UTAF1207", text, StringComparison.Ordinal);
        Assert.Contains("30 features", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none,n")]
    [InlineData("n,sweep")]
    [InlineData("without=")]
    public void Settings_that_there_are_not_are_told_with_those_that_there_are(string settings)
    {
        using var folder = new TemporaryFolder();
        ScenarioData.Write("warfarin", folder.Path);

        var (code, text) = Run(["warfarin", "--data", folder.Path, "--profile", "smoke", "--settings", settings, "--work", folder.File("work")]);

        Assert.Equal(2, code);
        Assert.Contains("UTAF1001", text, StringComparison.Ordinal);
        Assert.Contains("some of swept, n, ensemble, without, unseen and without=NAME, or none", text, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("work")));
    }

    [Fact]
    public void A_family_that_there_is_not_is_told_before_anything_is_built()
    {
        using var folder = new TemporaryFolder();
        ScenarioData.Write("warfarin", folder.Path);

        var (code, text) = Run(["warfarin", "--data", folder.Path, "--profile", "smoke", "--schemes", "sac,utaf", "--settings", "without=prunning", "--work", folder.File("work")]);

        Assert.Equal(2, code);
        Assert.Contains("UTAF1001", text, StringComparison.Ordinal);
        Assert.Contains("without= and one of chain, distillation, fine-tuning, retraining, weight-pruning, mlp-", text, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("work")));
    }

    [Fact]
    public void A_run_without_a_folder_of_its_own_is_kept_beside_its_ensembles()
    {
        using var folder = new TemporaryFolder();
        ScenarioData.Write("warfarin", folder.Path);

        var (code, text) = Run(["warfarin-annealed", "--data", folder.Path, "--profile", "smoke", "--repeats", "1", "--settings", "none", "--schemes", "utaf", "--work", folder.File("work")]);

        Assert.True(code == 0, text);
        var run = Path.Combine(folder.File("work"), "runs", "warfarin-annealed-smoke");
        Assert.Contains($"every number: {run}", text, StringComparison.Ordinal);
        var suspects = Assert.Single(Assert.Single(RunFolder.Open(run).Repeats()).Schemes).Suspects;
        Assert.Contains(suspects, suspect => suspect.Id.StartsWith("distillation-annealed-", StringComparison.Ordinal));
    }

    private static (int Code, string Text) Run(string[] arguments)
    {
        using var text = new StringWriter();
        var root = new RootCommand { ScenarioCommand.Make(new Skin(), 1), ScenarioCommand.Make(new Warfarin(), 1), ScenarioCommand.Make(new Warfarin(annealed: true), 1), ScenarioCommand.Make(new Fashion(), 1) };
        var code = Application.Run(root, arguments, text, text);
        return (code, text.ToString());
    }
}
