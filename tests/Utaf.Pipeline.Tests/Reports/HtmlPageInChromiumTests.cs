using System.Text.Json;
using CliWrap;
using CliWrap.Buffered;
using Utaf.Reports;
using Utaf.Tests;

namespace Utaf.Pipeline.Tests.Reports;

/// <summary>The page as a real browser shows it: wide and as narrow as a phone, light and dark.</summary>
public sealed class HtmlPageInChromiumTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData(nameof(SampleReports.One))]
    [InlineData(nameof(SampleReports.Everything))]
    public async Task The_page_fits_reads_well_asks_nobody_for_anything_and_shows_the_suspects_where_they_are(string name)
    {
        var report = SampleReports.Named(name);
        var views = await LookAtAsync(new HtmlReport().Render(report));

        Assert.Equal(4, views.Count);
        Assert.All(views, view =>
        {
            Assert.Empty(view.Complaints);
            Assert.Empty(view.Requests);
            Assert.Equal(1, view.Styled);
            Assert.InRange(view.Overflow, int.MinValue, 0);
            Assert.Empty(view.Overlaps);
            Assert.InRange(view.LeastContrast, 4.5, 21);
            Assert.InRange(view.SmallestLetters, 12, 16);
        });
        Assert.Equal([1280, 1280, 360, 360], views.Select(view => view.Width));
        Assert.Equal(views[0].Ground, views[2].Ground);
        Assert.Equal(views[1].Ground, views[3].Ground);
        Assert.NotEqual(views[0].Ground, views[1].Ground);

        // Where the browser painted the suspects' marks, as shares of their pictures.
        var rates = report.BySeverity.Select(finding => finding.Verdict?.MatchingRate).OfType<double>().ToList();
        Assert.All(views, view =>
        {
            Assert.Equal(rates.Count, view.Suspects.Count);
            Assert.All(rates.Zip(view.Suspects), pair => Assert.Equal(pair.First, pair.Second, 0.002));
        });
    }

    [Fact]
    public async Task Its_policy_stops_what_should_ever_get_in()
    {
        var page = new HtmlReport().Render(SampleReports.One)
            .Replace("</main>", "<script>document.title = 'owned'</script><img src=\"http://127.0.0.1:9/x.png\"></main>", StringComparison.Ordinal);
        Assert.All(await LookAtAsync(page), view => Assert.Equal(2, view.Complaints.Count(text => text.Contains("Content Security Policy", StringComparison.Ordinal))));
    }

    public void Dispose() => folder.Dispose();

    private async Task<IReadOnlyList<View>> LookAtAsync(string html)
    {
        _ = Peers.Peers.Script("playwright-core/index.mjs");
        File.WriteAllText(folder.File("page.html"), html);
        var run = await Cli.Wrap(Peers.Peers.Program("node"))
            .WithArguments([Path.Combine(Peers.Peers.Folder, "look-at-page.mjs"), Peers.Peers.Program("chromium"), folder.File("page.html")])
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        Assert.True(run.ExitCode == 0, run.StandardError);
        return JsonSerializer.Deserialize<List<View>>(run.StandardOutput, JsonSerializerOptions.Web)!;
    }

    /// <summary>What tests/peers/look-at-page.mjs saw.</summary>
    internal sealed record View(
        string ColorScheme,
        int Width,
        IReadOnlyList<string> Complaints,
        IReadOnlyList<string> Requests,
        int Overflow,
        string Ground,
        int Styled,
        double LeastContrast,
        IReadOnlyList<string> Overlaps,
        IReadOnlyList<double> Suspects,
        double SmallestLetters);
}
