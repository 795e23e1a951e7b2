using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Utaf.Benchmarks.Speed;

/// <summary>All numbers of a run, as JSON and as a Markdown table.</summary>
/// <param name="Started">When.</param>
/// <param name="Settings">What was asked for.</param>
/// <param name="Machine">Where.</param>
/// <param name="Reference">The reference's Python, where one was used.</param>
/// <param name="LoadAtStart">How busy the machine was already, in running processes.</param>
/// <param name="Rows">The results.</param>
/// <param name="LeftOut">What could not be measured, and why.</param>
/// <param name="Runs">Every process and what it said.</param>
internal sealed record SpeedReport(
    DateTimeOffset Started,
    SpeedSettings Settings,
    Machine Machine,
    PyTorch? Reference,
    double? LoadAtStart,
    IReadOnlyList<SpeedRow> Rows,
    IReadOnlyList<string> LeftOut,
    IReadOnlyList<ContestantRun> Runs)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Everything.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>The table, and below it what a reader should know.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Machine.Processor}, {Machine.Cores} cores; {Machine.Runtime}, {Machine.Torch}");
        text.Append(Reference is null ? "" : $"; PyTorch {Reference.Version}, {Reference.Blas}");
        text.Append(LoadAtStart is { } load ? string.Create(CultureInfo.InvariantCulture, $"; {load:0.0} processes running at the start") : "").Append(".\n\n");
        if (Settings.Quick)
        {
            text.Append("Smallest sizes: the numbers show that everything works, and nothing else.\n\n");
        }

        text.Append("| work | ours | PyTorch | ratio, or the number: median (min – max) | at most | |\n|---|---|---|---|---|---|\n");
        foreach (var row in Rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {row.Work} | {Middle(row.Ours, row.Unit)} | {Middle(row.Reference ?? [], row.Unit)} | {Of(row)} | {Limit(row)} | {Judged(row)} |\n");
        }

        text.Append('\n');
        foreach (var row in Rows.Where(row => row.Note is not null))
        {
            text.Append(CultureInfo.InvariantCulture, $"- {row.Work}: {row.Note}\n");
        }

        foreach (var what in LeftOut)
        {
            text.Append(CultureInfo.InvariantCulture, $"- left out: {what}\n");
        }

        return text.ToString();
    }

    private static string Middle(IReadOnlyList<double> values, string unit) => values.Count == 0 ? "–" : $"{Number(Spread.Of(values).Median)} {unit}".TrimEnd();

    private static string Of(SpeedRow row) => (row.Absolute && row.Ours.Count > 1 ? Spread.Of(row.Ours) : row.Ratio) is { } spread
        ? $"{Number(spread.Median)} ({Number(spread.Minimum)} – {Number(spread.Maximum)}){(row.Absolute ? $" {row.Unit}".TrimEnd() : "")}"
        : "–";

    private static string Limit(SpeedRow row) => row.AtMost is { } limit ? $"{Number(limit)} {(row.Absolute ? row.Unit : "")}".TrimEnd() : "–";

    private static string Judged(SpeedRow row) => row.Met switch
    {
        true => "met",
        false => "missed",
        null => row.AtMost is null ? "" : "not measured",
    };

    /// <summary>Three digits that count.</summary>
    private static string Number(double value)
    {
        var decimals = value == 0 ? 0 : Math.Clamp(2 - (int)Math.Floor(Math.Log10(Math.Abs(value))), 0, 6);
        return value.ToString($"F{decimals}", CultureInfo.InvariantCulture);
    }
}
