using System.Globalization;
using System.Text;
using Utaf.Benchmarks.Results;

namespace Utaf.Benchmarks.Reports;

/// <summary>The schemes' measures by a number that settings carry.</summary>
internal sealed class MeasuresByNumber
{
    private readonly ILookup<(string Scheme, int Number), SchemeMeasures> points;

    private MeasuresByNumber(ScenarioRuns runs, Func<string, int?> number, bool withDefault)
    {
        // What was asked for: a scheme that looks for its queries may have found fewer.
        var usual = runs.SchemesIn(Settings.Default).SelectMany(scheme => runs.Of(scheme, Settings.Default)).Select(result => (int?)result.Queries).Max();
        Schemes = runs.SchemesInAny(runs.Settings.Where(setting => number(setting) is not null));
        var numbered =
            from scheme in Schemes
            from setting in runs.Settings
            from result in runs.Of(scheme, setting)
            let value = number(setting) ?? (withDefault && setting == Settings.Default ? usual : null)
            where value is not null && (setting != Settings.Default || runs.Of(scheme, Settings.Examples(value.Value)).Count == 0)
            select (Scheme: scheme, Number: value.Value, Measures: SchemeMeasures.Of(result));
        points = numbered.ToLookup(point => (point.Scheme, point.Number), point => point.Measures);
    }

    /// <summary>Those run with another number than the default's, in the order of the report.</summary>
    public IReadOnlyList<string> Schemes { get; }

    /// <summary>Fig. 4: by the number of fingerprint examples; the default setting counts too, by the most queries that a scheme has in it.</summary>
    public static MeasuresByNumber Examples(ScenarioRuns runs) => new(runs, Settings.ExampleCount, withDefault: true);

    /// <summary>Fig. 5: by the size of the ensemble, without the whole one, whose size varies with the split.</summary>
    public static MeasuresByNumber EnsembleSizes(ScenarioRuns runs) => new(runs, Settings.EnsembleSize, withDefault: false);

    /// <summary>The numbers that a scheme was run with, ascending.</summary>
    public IReadOnlyList<int> NumbersOf(string scheme) => [.. points.Select(point => point.Key).Where(key => key.Scheme == scheme).Select(key => key.Number).Order()];

    /// <summary>A scheme's ARUC; null if it was not run with the number.</summary>
    public Mean? Aruc(string scheme, int number) => Mean.Of(points[(scheme, number)].Select(measures => measures.Aruc));

    /// <summary>Adds a table for each measure: a row for a scheme, a column for a number.</summary>
    /// <param name="text">What they are added to.</param>
    /// <param name="what">What the number is.</param>
    /// <param name="repeats">The scenario's.</param>
    public void AppendTables(StringBuilder text, string what, int repeats)
    {
        int[] numbers = [.. points.Select(point => point.Key.Number).Distinct().Order()];
        string[] headings = [.. numbers.Select(number => string.Create(CultureInfo.InvariantCulture, $"{what} = {number}"))];
        foreach (var (name, of) in SchemeMeasures.InEveryTable)
        {
            MarkdownTable.Append(text, [name, .. headings], Schemes.Select(scheme => (IReadOnlyList<string>)
            [
                Titles.Of(scheme), .. numbers.Select(number => Mean.Share(Mean.Of(points[(scheme, number)].Select(of)), repeats)),
            ]));
        }
    }
}
