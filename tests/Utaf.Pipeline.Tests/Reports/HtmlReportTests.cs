using System.Globalization;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using CsCheck;
using Utaf.Reports;
using Utaf.Verification;

namespace Utaf.Pipeline.Tests.Reports;

/// <summary>The page's structure, and that no value becomes markup.</summary>
public sealed class HtmlReportTests
{
    [Theory]
    [MemberData(nameof(SampleReports.Names), MemberType = typeof(SampleReports))]
    public void The_page_is_well_formed_and_needs_nothing_but_itself(string name)
    {
        var html = new HtmlReport().Render(SampleReports.Named(name));
        var page = new HtmlParser(new HtmlParserOptions { IsStrictMode = true }).ParseDocument(html);

        Assert.Equal("en", page.DocumentElement.GetAttribute("lang"));
        Assert.Empty(page.QuerySelectorAll("script, img, iframe, object, embed, form, base, [style], [onerror], [onload], [onclick]"));
        Assert.All(page.QuerySelectorAll("[href]"), link => Assert.Matches("^(#|data:,$)", link.GetAttribute("href")!));
        Assert.Empty(page.QuerySelectorAll("[src]"));
        Assert.DoesNotContain("url(", page.QuerySelector("style")!.TextContent, StringComparison.Ordinal);
        var policy = page.QuerySelector("meta[http-equiv=Content-Security-Policy]")!.GetAttribute("content")!;
        Assert.StartsWith("default-src 'none'; img-src data:; style-src 'sha256-", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(SampleReports.Names), MemberType = typeof(SampleReports))]
    public void Whoever_cannot_see_it_is_told_what_it_shows(string name)
    {
        var page = Parse(SampleReports.Named(name));
        Assert.Single(page.QuerySelectorAll("h1"));
        Assert.Single(page.QuerySelectorAll("main"));
        Assert.All(page.QuerySelectorAll("svg[role=img]"), picture => Assert.All(
            picture.GetAttribute("aria-labelledby")!.Split(' '), id => Assert.NotEmpty(page.GetElementById(id)!.TextContent)));
        Assert.All(page.QuerySelectorAll("section"), section => Assert.NotNull(page.GetElementById(section.GetAttribute("aria-labelledby")!)));
        Assert.All(page.QuerySelectorAll("th"), heading => Assert.NotNull(heading.GetAttribute("scope")));
        Assert.All(page.QuerySelectorAll("table tbody tr"), row => Assert.Single(row.QuerySelectorAll("th[scope=row]")));
        var ids = page.QuerySelectorAll("[id]").Select(element => element.Id).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Fact]
    public void Several_findings_have_a_summary_that_leads_to_them()
    {
        var page = Parse(SampleReports.Watch);
        var rows = page.QuerySelectorAll("table.summary tbody tr");
        Assert.Equal(["prices-api", "unreachable", "名前 🙂", "doubtful", "wettbewerb-größe"], rows.Select(row => row.QuerySelector("a")!.TextContent));
        Assert.All(rows, row => Assert.Equal(
            row.QuerySelector("a")!.TextContent, page.QuerySelector($"section{row.QuerySelector("a")!.GetAttribute("href")} .name")!.TextContent));
        Assert.Null(Parse(SampleReports.One).QuerySelector("table.summary"));
        Assert.Empty(Parse(SampleReports.Empty).QuerySelectorAll("section"));
    }

    [Fact]
    public void Any_name_is_only_a_name() => Gen.OneOf(
        Gen.String, Gen.String[Gen.Char["<>&\"'/=`-!{}\n "], 0, 40], Gen.OneOf("<script>", "</title>", "</style>", "</svg>", "-->", "]]>", "&lt;", SampleReports.HostileName))
        .Sample(
            name =>
            {
                var hostile = SampleReports.Hostile with { Suspect = name };
                var page = Parse(SampleReports.Of(hostile, hostile with { Verdict = null, Failure = new("UTAF1602", ExitCode.Inconclusive, name, name) }));
                var tame = Parse(SampleReports.Of(SampleReports.Hostile with { Suspect = "tame" }, (SampleReports.Hostile with { Suspect = "tame" }) with
                {
                    Verdict = null,
                    Failure = new("UTAF1602", ExitCode.Inconclusive, "tame", "tame"),
                }));
                Assert.Equal(tame.All.Select(element => element.NodeName), page.All.Select(element => element.NodeName));
                Assert.Contains(page.QuerySelectorAll(".name"), element => element.TextContent == Untrusted.Line(name));
            },
            iter: 100);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(0.123456)]
    public void Each_mark_is_at_its_models_matching_rate(double rate)
    {
        double[] honest = [0, 0.1, 0.25, 0.25, 0.250001, 0.9999];
        double[] stolen = [0.3, 1, 1, 1];
        var page = Parse(SampleReports.Of(SampleReports.Scored("x", rate, Decision.Inconclusive) with { Manifest = SampleReports.With(honest, stolen) }));

        Assert.Equal([rate], Places(page, "suspect"));
        Assert.Equal(honest, Places(page, "honest"));
        Assert.Equal(stolen, Places(page, "stolen"));
        Assert.Equal(0.5, Places(page.QuerySelector(".plot line.threshold")!, "x1"), 6);
        var marks = page.QuerySelectorAll(".plot use").Select(mark => (mark.GetAttribute("x"), mark.GetAttribute("y"))).ToList();
        Assert.Equal(marks.Count, marks.Distinct().Count());
    }

    [Fact]
    public void Of_thousands_of_models_the_extremes_are_drawn_and_the_rest_is_counted()
    {
        var page = Parse(SampleReports.Of(SampleReports.Everything.Findings.Single(finding => finding.Suspect == "thousands")));
        var drawn = Places(page, "honest");
        Assert.Equal(300, drawn.Count);
        Assert.Equal((0, 0.4999), (drawn[0], drawn[^1]));
        Assert.Equal(drawn.Order(), drawn);
        Assert.Contains("Honest models: 300 of 5000 are drawn", page.QuerySelector("figure .legend")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void The_curve_is_the_pairs_robustness_and_uniqueness()
    {
        var page = Parse(SampleReports.Of(SampleReports.Scored("x", 0.5, Decision.Inconclusive) with { Manifest = SampleReports.With([0.1, 0.3], [0.2, 0.9]) }));
        Assert.Equal(1, ShareAt(page, "robustness", 10));
        Assert.Equal(0.5, ShareAt(page, "robustness", 50));
        Assert.Equal(0, ShareAt(page, "robustness", 90));
        Assert.Equal(0, ShareAt(page, "uniqueness", 0));
        Assert.Equal(0.5, ShareAt(page, "uniqueness", 15));
        Assert.Equal(1, ShareAt(page, "uniqueness", 30));
    }

    [Theory]
    [InlineData(0.95, "None of 3 honest models matches as well as this suspect, or better.")]
    [InlineData(0.9, "1 of 3 honest models matches as well as this suspect, or better.")]
    [InlineData(0.1, "2 of 3 honest models match as well as this suspect, or better.")]
    public void The_honest_models_that_match_as_well_are_counted_in_words(double rate, string expected)
    {
        var page = Parse(SampleReports.Of(SampleReports.Scored("x", rate, Decision.Inconclusive) with { Manifest = SampleReports.With([0, 0.5, 0.9], [1]) }));
        Assert.Equal(expected, page.QuerySelector("figure .legend")!.TextContent);
    }

    [Fact]
    public void A_manifest_of_nonsense_does_not_leave_the_picture()
    {
        var manifest = SampleReports.With([-3, 1e300], [double.MinValue]) with { Threshold = 17 };
        var page = Parse(SampleReports.Of(SampleReports.Scored("x", 0.5, Decision.Inconclusive) with { Manifest = manifest }));
        Assert.Equal([0, 1], Places(page, "honest"));
        Assert.Equal([0], Places(page, "stolen"));
        Assert.Equal(1, Places(page.QuerySelector(".plot line.threshold")!, "x1"));
    }

    [Fact]
    public void What_is_not_known_is_not_drawn()
    {
        var page = Parse(SampleReports.Of(SampleReports.Unanswered with { Manifest = SampleReports.With([], []) }));
        Assert.Empty(page.QuerySelectorAll(".plot use"));
        Assert.Contains("The suspect has no matching rate.", page.QuerySelector("figure")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("there is no curve", page.QuerySelectorAll("figure")[1].TextContent, StringComparison.Ordinal);
    }

    private static AngleSharp.Html.Dom.IHtmlDocument Parse(VerificationReport report) => new HtmlParser().ParseDocument(new HtmlReport().Render(report));

    private static List<double> Places(IParentNode page, string kind) => [.. page.QuerySelectorAll($".plot use.{kind}").Select(mark => Math.Round(Places(mark, "x"), 6))];

    private static double Places(IElement element, string attribute)
    {
        var place = element.GetAttribute(attribute)!;
        Assert.EndsWith("%", place, StringComparison.Ordinal);
        return double.Parse(place[..^1], CultureInfo.InvariantCulture) / 100;
    }

    private static double ShareAt(IParentNode page, string kind, int threshold)
    {
        var points = page.QuerySelector($"polyline.{kind}")!.GetAttribute("points")!.Trim().Split(' ');
        Assert.Equal(101, points.Length);
        var numbers = points[threshold].Split(',').Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(threshold, numbers[0]);
        return 1 - (numbers[1] / 100);
    }
}
