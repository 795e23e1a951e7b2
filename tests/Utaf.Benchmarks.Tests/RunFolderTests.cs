using Utaf.Benchmarks.Results;
using Utaf.Tests;

namespace Utaf.Benchmarks.Tests;

public sealed class RunFolderTests
{
    private static readonly RunSettings Settings = new(RunSettings.CurrentFormat, "skin", "smoke", 3, ["0123456789abcdef"], "a processor, 2 threads");

    [Fact]
    public void What_was_written_is_read_again_by_seed()
    {
        using var folder = new TemporaryFolder();
        var run = RunFolder.Create(folder.File("run"), Settings);

        run.Write(Runs.Repeat(10));
        run.Write(Runs.Repeat(9));

        var opened = RunFolder.Open(folder.File("run"));
        Assert.True(opened.Settings.IsSameAs(Settings));
        Assert.Equal([9UL, 10UL], opened.Repeats().Select(repeat => repeat.Seed));
        Assert.Equivalent(Runs.Repeat(9), opened.Repeats()[0], strict: true);
        Assert.True(opened.Has(9));
        Assert.False(opened.Has(11));
    }

    [Fact]
    public void The_same_settings_go_on_and_others_do_not()
    {
        using var folder = new TemporaryFolder();
        RunFolder.Create(folder.Path, Settings).Write(Runs.Repeat(3));

        Assert.Single(RunFolder.Create(folder.Path, Settings with { DataSha256 = ["0123456789abcdef"] }).Repeats());
        RunSettings[] others = [Settings with { Profile = "cpu" }, Settings with { Seed = 4 }, Settings with { DataSha256 = ["fedcba9876543210"] }, Settings with { Machine = "another" }];
        foreach (var other in others)
        {
            Assert.Equal("UTAF1903", Assert.Throws<UtafException>(() => RunFolder.Create(folder.Path, other)).Diagnostic.Code);
        }
    }

    [Fact]
    public void Other_schemes_settings_and_irrelevant_data_are_another_run()
    {
        using var folder = new TemporaryFolder();
        var asked = Settings with { Schemes = ["utaf", "akh"], Settings = [], IrrelevantSha256 = ["00112233445566"] };
        RunFolder.Create(folder.Path, asked);

        Assert.True(RunFolder.Begun(folder.Path, asked with { Schemes = ["utaf", "akh"] })!.Settings.IsSameAs(asked));
        RunSettings[] others = [asked with { Schemes = ["utaf"] }, asked with { Settings = ["n"] }, asked with { IrrelevantSha256 = [] }];
        foreach (var other in others)
        {
            var error = Assert.Throws<UtafException>(() => RunFolder.Begun(folder.Path, other)).Diagnostic;

            Assert.Equal(("UTAF1903", folder.File("run.json")), (error.Code, error.Origin));
            Assert.Contains("found skin, profile smoke, seed 3, data 0123456789ab, schemes utaf akh, settings none, irrelevant data 001122334455, a processor", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_run_that_does_not_say_what_it_was_told_is_gone_on_with()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("run.json"), """{"format": 1, "scenario": "skin", "profile": "smoke", "seed": 3, "dataSha256": ["0123456789abcdef"], "machine": "a processor, 2 threads"}""");

        var run = RunFolder.Begun(folder.Path, Settings with { Schemes = ["utaf"], Settings = ["n"], IrrelevantSha256 = [] });

        Assert.NotNull(run);
        Assert.Null(run.Settings.Schemes);
        Assert.Equal(Settings.ToString(), run.Settings.ToString());
    }

    [Fact]
    public void A_folder_without_a_run_is_not_begun_by_asking()
    {
        using var folder = new TemporaryFolder();

        Assert.Null(RunFolder.Begun(folder.File("run"), Settings));
        Assert.False(Directory.Exists(folder.File("run")));
    }

    [Fact]
    public void An_interrupted_write_is_no_repeat()
    {
        using var folder = new TemporaryFolder();
        var run = RunFolder.Create(folder.Path, Settings);
        File.WriteAllText(folder.File(".utaf-0.tmp"), "{");

        Assert.Empty(run.Repeats());
    }

    [Theory]
    [InlineData("{\"format\": 1, \"scenario\": \"ski", "UTAF1901")]
    [InlineData("", "UTAF1901")]
    [InlineData("null", "UTAF1901")]
    [InlineData("{\"format\": 1}", "UTAF1901")]
    [InlineData("{\"format\": 1, \"scenario\": \"../skin\", \"profile\": \"cpu\", \"seed\": 0, \"dataSha256\": [], \"machine\": \"\"}", "UTAF1901")]
    [InlineData("{\"format\": 2}", "UTAF1902")]
    public void Settings_that_cannot_be_used_are_told(string json, string code)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("run.json"), json);

        var error = Assert.Throws<UtafException>(() => RunFolder.Open(folder.Path)).Diagnostic;

        Assert.Equal((code, ExitCode.Usage, folder.File("run.json")), (error.Code, error.ExitCode, error.Origin));
    }

    [Fact]
    public void Numbers_that_cannot_be_are_told()
    {
        var good = Runs.Repeat(3);
        var scheme = good.Schemes[0];
        RepeatResult[] bad =
        [
            good with { Schemes = [scheme with { Suspects = [.. scheme.Suspects, new("x", true, "fine-tuning", 1.5)] }] },
            good with { Schemes = [scheme with { Suspects = [.. scheme.Suspects.Where(suspect => suspect.Stolen)] }] },
            good with { Schemes = [scheme with { Suspects = [] }] },
            good with { Schemes = [scheme, scheme] },
            good with { Schemes = [scheme with { VerificationSeconds = -1 }] },
            good with { Schemes = [scheme with { LearningCurve = [new(2, 0.5, 0.5), new(1, 0.5, 0.5)] }] },
            good with { Schemes = [scheme with { LearningCurve = [new(2, 1.5, 0.5)] }] },
        ];
        foreach (var repeat in bad)
        {
            using var folder = new TemporaryFolder();
            var run = RunFolder.Create(folder.Path, Settings);
            run.Write(repeat);

            Assert.Equal("UTAF1901", Assert.Throws<UtafException>(run.Repeats).Diagnostic.Code);
        }
    }

    [Fact]
    public void A_file_under_the_name_of_another_seed_is_told()
    {
        using var folder = new TemporaryFolder();
        var run = RunFolder.Create(folder.Path, Settings);
        run.Write(Runs.Repeat(3));
        File.Move(folder.File("repeat-3.json"), folder.File("repeat-4.json"));

        Assert.Equal("UTAF1901", Assert.Throws<UtafException>(run.Repeats).Diagnostic.Code);
    }
}
