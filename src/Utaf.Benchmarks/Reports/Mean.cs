using System.Globalization;
using Utaf.Metrics;

namespace Utaf.Benchmarks.Reports;

/// <summary>A mean over repeats as it is written and drawn.</summary>
/// <param name="Repeats">How many there were, at least 1.</param>
/// <param name="Interval">95 %; only the mean counts where there was one repeat.</param>
internal sealed record Mean(int Repeats, ConfidenceInterval Interval)
{
    public double Value => Interval.Mean;

    /// <summary>The interval's lower end; the mean itself where one repeat gives no interval.</summary>
    public double Low => Repeats > 1 ? Interval.Lower : Value;

    /// <summary>The interval's upper end; the mean itself where one repeat gives no interval.</summary>
    public double High => Repeats > 1 ? Interval.Upper : Value;

    /// <returns>Null if no repeat has a value.</returns>
    public static Mean? Of(IEnumerable<double?> values)
    {
        double[] all = [.. values.OfType<double>()];
        return all.Length == 0 ? null : new(all.Length, ConfidenceInterval.Of(all));
    }

    /// <inheritdoc cref="Of(IEnumerable{double?})"/>
    public static Mean? Of(IEnumerable<double> values) => Of(values.Select(value => (double?)value));

    /// <summary>A share with at least three decimals; with more where three would make a 1 of what is less.</summary>
    /// <param name="mean">In [0, 1].</param>
    /// <param name="expected">The scenario's repeats: if there are fewer here, it is said.</param>
    public static string Share(Mean? mean, int expected)
    {
        if (mean is null)
        {
            return "–";
        }

        var decimals = 3;
        while (decimals < 6 && mean.Value < 1 && Math.Round(mean.Value, decimals) >= 1)
        {
            decimals++;
        }

        return Written(mean, expected, decimals);
    }

    /// <summary>A mean of scores, with three decimals.</summary>
    public static string Score(Mean? mean, int expected) => mean is null ? "–" : Written(mean, expected, 3);

    /// <summary>Seconds, or another number of any size, with three digits that count.</summary>
    public static string Number(Mean? mean, int expected) =>
        mean is null ? "–" : Written(mean, expected, mean.Value == 0 ? 0 : Math.Clamp(2 - (int)Math.Floor(Math.Log10(Math.Abs(mean.Value))), 0, 6));

    private static string Written(Mean mean, int expected, int decimals)
    {
        var format = $"F{decimals}";
        var number = mean.Value.ToString(format, CultureInfo.InvariantCulture);
        var interval = mean.Repeats > 1 ? $" ± {mean.Interval.HalfWidth.ToString(format, CultureInfo.InvariantCulture)}" : "";
        return mean.Repeats == expected ? $"{number}{interval}" : $"{number}{interval} ({mean.Repeats} of {expected} repeats)";
    }
}
