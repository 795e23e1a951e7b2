using System.CommandLine;
using Utaf.Benchmarks.Results;
using Utaf.Benchmarks.Scenarios;
using Utaf.Tests;

namespace Utaf.Benchmarks.Tests;

public sealed class ScenarioCommandTests
{
    [Theory]
    [InlineData("warfarin", "without=chain", "unseen=int8", "unseen=input-noise")]
    [InlineData("skin", "unseen=int8", "unseen=input-noise", "unseen=resize", "unseen=adversarial")]
    [InlineData("fashion", "unseen=int8", "unseen=input-noise")]
    public void A_smoke_run_leaves_a_folder_that_a_second_one_goes_on_with(string scenario, params string[] expected)
    {
        using var folder = new TemporaryFolder();
        ScenarioData.Write(scenario, folder.Path);
        string[] run = [scenario, "--data", folder.Path, "--profile", "smoke", "--seed", "3", "--repeats", "1", "--processes", "1", "--schemes", "utaf,utaf-paper,akh", "--work", folder.File("work"), "--run", folder.File("run")];

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
        Assert.Contains("UTAF1903", Run([.. run.Select(argument => argument == "3" ? "4" : argument), "--resume"]).Text, StringComparison.Ordinal);
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
    [InlineData("skin", "derma28_ham10000.npz")]
    [InlineData("fashion", "train-images-idx3-ubyte")]
    public void A_truncated_file_is_told(string scenario, string file)
    {
        using var folder = new TemporaryFolder();
        ScenarioData.Write(scenario, folder.Path);
        File.WriteAllBytes(folder.File(file), File.ReadAllBytes(folder.File(file))[..5000]);

        var (code, text) = Run([scenario, "--data", folder.Path, "--profile", "smoke", "--work", folder.File("work")]);

        Assert.Equal(2, code);
        Assert.Contains("UTAF1207", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_of_other_features_is_told()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("iwpc_31feat_5741.csv"), ScenarioData.Table(new Random(1), features: 30));

        var (code, text) = Run(["warfarin", "--data", folder.Path, "--profile", "smoke", "--work", folder.File("work")]);

        Assert.Equal(2, code);
        Assert.Contains("UTAF1207", text, StringComparison.Ordinal);
        Assert.Contains("30 features", text, StringComparison.Ordinal);
    }

    private static (int Code, string Text) Run(string[] arguments)
    {
        using var text = new StringWriter();
        var root = new RootCommand { ScenarioCommand.Make(new Skin(), 1), ScenarioCommand.Make(new Warfarin(), 1), ScenarioCommand.Make(new Fashion(), 1) };
        var code = Application.Run(root, arguments, text, text);
        return (code, text.ToString());
    }
}
