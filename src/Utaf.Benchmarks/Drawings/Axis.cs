using System.Globalization;

namespace Utaf.Benchmarks.Drawings;

/// <summary>Where a number stands, from the pixel of the smallest to that of the largest.</summary>
/// <param name="Low">The smallest number.</param>
/// <param name="High">The largest one. Where there is only one number, it stands in the middle.</param>
/// <param name="From">The smallest one's pixel.</param>
/// <param name="To">The largest one's pixel.</param>
/// <param name="Logarithmic">Whether equal ratios are equal lengths; all numbers are above 0 then.</param>
internal sealed record Axis(double Low, double High, double From, double To, bool Logarithmic = false)
{
    /// <summary>The pixel of a number.</summary>
    public double At(double value)
    {
        var share = !(High > Low) ? 0.5
            : Logarithmic ? Math.Log(value / Low) / Math.Log(High / Low)
            : (value - Low) / (High - Low);
        return From + (share * (To - From));
    }

    /// <summary>A logarithmic axis that begins and ends with a tick.</summary>
    public static Axis Rounded(double low, double high, double from, double to)
    {
        double[] ticks = [.. All(low, high)];
        return new(ticks.Last(tick => tick <= low), ticks.First(tick => tick >= high), from, to, Logarithmic: true);
    }

    /// <summary>The ticks within the axis: 1, 2 and 5 times powers of ten, or at most eight equal steps of such a length.</summary>
    public IEnumerable<double> Ticks()
    {
        if (Logarithmic)
        {
            return All(Low, High).Where(tick => tick >= Low && tick <= High);
        }

        var length = High - Low;
        var step = length > 0 ? All(length / 100, length).First(step => length / step <= 8) : 1;
        var first = (long)Math.Ceiling((Low / step) - 1e-9);
        return Enumerable.Range(0, 10).Select(i => (first + i) * step).TakeWhile(tick => tick <= High + (step * 1e-9));
    }

    /// <summary>A number as a label.</summary>
    public static string Label(double number) => number.ToString("0.####", CultureInfo.InvariantCulture);

    /// <summary>1, 2 and 5 times the powers of ten around some numbers.</summary>
    private static IEnumerable<double> All(double low, double high)
    {
        var (first, last) = ((int)Math.Floor(Math.Log10(low)), (int)Math.Ceiling(Math.Log10(high)));
        return from exponent in Enumerable.Range(first, last - first + 1) from factor in (int[])[1, 2, 5] select factor * Math.Pow(10, exponent);
    }
}
