using Microsoft.Extensions.Time.Testing;
using Utaf.Endpoints;
using Utaf.Tests;
using Utaf.Watching;
using static Utaf.Pipeline.Tests.Watching.SampleFindings;

namespace Utaf.Pipeline.Tests.Watching;

/// <summary>A run's evidence, and what of it outlives a crash.</summary>
public sealed class VerificationRunTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 5, 4, 12, 0, 0, TimeSpan.Zero));
    private readonly WatchItem[] items = [Item("a"), Item("b")];

    [Fact]
    public void A_run_that_was_interrupted_goes_on_with_what_it_found()
    {
        string id, evidence;
        using (var first = Begin())
        {
            Transcript.Open(first.FolderOf(items[0]), Sha256, items[0].Suspect, time).Dispose();
            first.Keep(items[0], Finding("a", 0.9, 0.25));
            (id, evidence) = (first.Id, first.EvidenceId(items[0]));
            Assert.False(first.Resumed);
            Assert.Null(first.Finished(items[0]));
        }

        time.Advance(TimeSpan.FromHours(1));
        using var second = Begin();
        Assert.True(second.Resumed);
        Assert.Equal(id, second.Id);
        Assert.Equal(evidence, second.EvidenceId(items[0]));
        Assert.Equal(0.9, second.Finished(items[0])!.Verdict!.MatchingRate);
        Assert.Equal(SamplePairs.Manifest.HeldOut.Members, second.Finished(items[0])!.Manifest.HeldOut.Members);
        Assert.Null(second.Finished(items[1]));
    }

    [Fact]
    public void A_completed_run_is_over_and_keeps_its_evidence()
    {
        string verdict, id;
        using (var first = Begin())
        {
            first.Keep(items[0], Finding("a", 0.9, 0.25));
            verdict = Path.Combine(first.FolderOf(items[0]), "verdict.json");
            id = first.EvidenceId(items[0]);
            first.Complete();
        }

        time.Advance(TimeSpan.FromSeconds(1));
        using var second = Begin();
        Assert.False(second.Resumed);
        Assert.Null(second.Finished(items[0]));
        Assert.NotEqual(id, second.EvidenceId(items[0]));
        Assert.Contains("\"matchingRate\": 0.9", File.ReadAllText(verdict), StringComparison.Ordinal);
    }

    [Fact]
    public void After_some_hours_or_where_it_is_asked_a_run_begins_anew()
    {
        Begin().Dispose();
        time.Advance(VerificationRun.ResumableFor - TimeSpan.FromSeconds(1));
        using (var again = Begin())
        {
            Assert.True(again.Resumed);
        }

        using (var fresh = VerificationRun.Begin(folder.Path, items, time, fresh: true))
        {
            Assert.False(fresh.Resumed);
        }

        time.Advance(VerificationRun.ResumableFor);
        using var late = Begin();
        Assert.False(late.Resumed);
    }

    [Fact]
    public void Another_significance_is_another_run()
    {
        Begin().Dispose();
        using var stricter = VerificationRun.Begin(folder.Path, items, time, significance: 0.05);
        Assert.False(stricter.Resumed);
    }

    [Fact]
    public void A_model_name_that_is_no_folder_is_refused()
    {
        using var run = Begin();
        var outside = items[0] with { Pair = items[0].Pair with { Model = "../outside" } };
        Assert.Equal("UTAF1307", Assert.Throws<UtafException>(() => run.FolderOf(outside)).Diagnostic.Code);
    }

    [Fact]
    public void Other_suspects_are_another_run()
    {
        using var both = Begin();
        using var one = VerificationRun.Begin(folder.Path, items[..1], time);
        Assert.False(one.Resumed);
    }

    [Fact]
    public void The_order_of_the_suspects_does_not_matter()
    {
        Begin().Dispose();
        using var turned = VerificationRun.Begin(folder.Path, items.Reverse(), time);
        Assert.True(turned.Resumed);
    }

    [Fact]
    public void Two_processes_cannot_be_at_the_same_run()
    {
        using var first = Begin();
        var error = Assert.Throws<UtafException>(() => Begin());
        Assert.Equal("UTAF1660", error.Diagnostic.Code);
        Assert.Equal(ExitCode.Environment, error.Diagnostic.ExitCode);
    }

    [Fact]
    public void A_completed_run_without_evidence_leaves_nothing_behind()
    {
        using (var run = VerificationRun.Begin(folder.File("evidence"), items, time))
        {
            run.Complete();
        }

        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_damaged_state_begins_anew()
    {
        Begin().Dispose();
        File.WriteAllText(Directory.GetFiles(folder.File("runs"), "*.json").Single(), "{");
        using var run = Begin();
        Assert.False(run.Resumed);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_told()
    {
        File.WriteAllText(folder.File("file"), "");
        var error = Assert.Throws<UtafException>(() => VerificationRun.Begin(folder.File("file"), items, time));
        Assert.Equal("UTAF1661", error.Diagnostic.Code);
        Assert.Contains("--evidence", error.Diagnostic.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("/")]
    [InlineData("")]
    [InlineData("con")]
    [InlineData("名前")]
    [InlineData("https://x.example/?a=b&c=\"d\"")]
    public void Whatever_a_suspect_is_called_its_evidence_stays_inside(string name)
    {
        using var run = VerificationRun.Begin(folder.Path, items, time);
        var place = run.FolderOf(Item(name));
        Assert.Equal(Path.Combine(folder.Path, "digits", "1.2.0"), Path.GetDirectoryName(Path.GetDirectoryName(place)));
        Assert.NotEqual(place, run.FolderOf(Item(name + "-")));
    }

    public void Dispose() => folder.Dispose();

    private VerificationRun Begin() => VerificationRun.Begin(folder.Path, items, time);
}
