using System.Globalization;

namespace Utaf.Tool.Output;

/// <summary>How numbers are written for people, the same on every machine.</summary>
internal static class Numbers
{
    /// <summary>A score or a share with three digits.</summary>
    public static string Score(double? value) => value?.ToString("0.000", CultureInfo.InvariantCulture) ?? "–";

    /// <summary>A number with as many digits as it needs, six at most.</summary>
    public static string Short(double? value) => value?.ToString("0.######", CultureInfo.InvariantCulture) ?? "–";

    /// <summary>A whole number.</summary>
    public static string Count(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>The first digits of a digest: enough to tell pairs apart, and to name one.</summary>
    public static string Digest(string sha256) => sha256.Length > 12 ? sha256[..12] : sha256;

    /// <summary>Seconds with one digit behind the point.</summary>
    public static string Seconds(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);

    /// <summary>Seconds as milliseconds, with two digits behind the point.</summary>
    public static string Milliseconds(double seconds) => (seconds * 1000).ToString("0.00", CultureInfo.InvariantCulture);

    /// <summary>Bytes as whole megabytes.</summary>
    public static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0} MB");

    /// <summary>A duration as people say it.</summary>
    public static string Duration(TimeSpan time) => time.TotalSeconds switch
    {
        < 99.5 => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, Math.Round(time.TotalSeconds)):0} s"),
        < 5400 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0.0} h"),
    };
}
