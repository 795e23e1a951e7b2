using System.Text.Json;
using System.Xml.Linq;
using Utaf.Benchmarks.Speed;

namespace Utaf.Benchmarks.Tests;

public sealed class SpeedReportTests
{
    [Fact]
    public void The_median_of_the_ratios_decides()
    {
        var row = Row(atMost: 0.5, ours: [1, 1, 9], reference: [4, 4, 4]);

        Assert.Equal(new Spread(0.25, 0.25, 2.25), row.Ratio);
        Assert.True(row.Met);
        Assert.False((row with { AtMost = 0.2 }).Met);
        Assert.Null((row with { AtMost = null }).Met);
    }

    [Fact]
    public void An_absolute_number_is_compared_itself()
    {
        var row = Row(atMost: 1.5, ours: [1, 2, 1]) with { Absolute = true };

        Assert.True(row.Met);
        Assert.Null(row.Ratio);
    }

    [Fact]
    public void What_was_not_measured_is_neither_met_nor_missed()
    {
        Assert.Null(Row(atMost: 0.25, ours: []).Met);
        Assert.Null((Row(atMost: 2, ours: []) with { Absolute = true }).Met);
    }

    [Fact]
    public void The_table_has_medians_ratios_and_limits()
    {
        var table = Report(
            Row(atMost: 0.5, ours: [1, 2], reference: [4, 4]),
            Row(atMost: 0.1, ours: [1], reference: [4]) with { Work = "slow", Note = "with a note" },
            Row(atMost: 2, ours: [1.25]) with { Work = "memory", Unit = "GB", Absolute = true },
            Row(atMost: 0.25, ours: []) with { Work = "nothing" }).ToMarkdown();

        Assert.Contains("| work of a kind | 1.50 s | 4.00 s | 0.375 (0.250 – 0.500) | 0.500 | met |", table, StringComparison.Ordinal);
        Assert.Contains("| slow | 1.00 s | 4.00 s | 0.250 (0.250 – 0.250) | 0.100 | missed |", table, StringComparison.Ordinal);
        Assert.Contains("| memory | 1.25 GB | – | – | 2.00 GB | met |", table, StringComparison.Ordinal);
        Assert.Contains("| nothing | – | – | – | 0.250 | not measured |", table, StringComparison.Ordinal);
        Assert.Contains("- slow: with a note", table, StringComparison.Ordinal);
        Assert.Contains("- left out: growth: it broke", table, StringComparison.Ordinal);
        Assert.Contains("PyTorch 2.0, OpenBLAS Haswell", table, StringComparison.Ordinal);
    }

    [Fact]
    public void Quick_numbers_are_not_taken_for_results()
    {
        var report = Report(Row(atMost: 1, ours: [1], reference: [1]));

        Assert.DoesNotContain("nothing else", report.ToMarkdown(), StringComparison.Ordinal);
        Assert.Contains("nothing else", (report with { Settings = report.Settings with { Quick = true } }).ToMarkdown(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_document_has_every_number()
    {
        using var document = JsonDocument.Parse(Report(Row(atMost: 0.5, ours: [1, 2], reference: [4, 4])).ToJson());

        var row = document.RootElement.GetProperty("rows")[0];
        Assert.Equal([1.0, 2.0], row.GetProperty("ours").EnumerateArray().Select(number => number.GetDouble()));
        Assert.Equal([4.0, 4.0], row.GetProperty("reference").EnumerateArray().Select(number => number.GetDouble()));
        Assert.Equal(0.375, row.GetProperty("ratio").GetProperty("median").GetDouble());
        Assert.Equal(0.25, document.RootElement.GetProperty("runs")[0].GetProperty("lines")[0].GetProperty("seconds").GetDouble());
    }

    [Fact]
    public void A_plot_is_a_drawing_within_its_borders()
    {
        var svg = XDocument.Parse(new GrowthPlot("time & members", "members", "seconds", [(35, new(1, 0.9, 1.2)), (70, new(2.5, 2, 3)), (140, new(3, 3, 3))]).ToSvg());

        var circles = svg.Descendants().Where(element => element.Name.LocalName == "circle").ToList();
        Assert.Equal(3, circles.Count);
        Assert.All(circles, circle => Assert.InRange((double)circle.Attribute("cx")!, 90, 690));
        Assert.All(circles, circle => Assert.InRange((double)circle.Attribute("cy")!, 50, 390));
        Assert.Contains(svg.Descendants(), element => element.Value == "time & members");
    }

    private static SpeedRow Row(double? atMost, IReadOnlyList<double> ours, IReadOnlyList<double>? reference = null) =>
        new("ensemble", "work of a kind", "s", atMost, ours, reference);

    private static SpeedReport Report(params SpeedRow[] rows) => new(
        DateTimeOffset.UnixEpoch,
        new(["ensemble"], 2, 0, null, null, null, null, "work", "run", Quick: false),
        new("a processor", 2, "a system", ".NET", "TorchSharp"),
        new("python3", "2.0", "OpenBLAS Haswell"),
        LoadAtStart: 0.5,
        rows,
        ["growth: it broke"],
        [new("ours", 1, 0.5, [new("a", 0.25, new Dictionary<string, double>())])]);
}
