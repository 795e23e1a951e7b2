using System.Globalization;

namespace Utaf.Reports;

/// <summary>How reports write numbers, digests and times, the same on every machine.</summary>
internal static class Figures
{
    /// <summary>As many digits as it needs, six at most; a dash for none.</summary>
    public static string Short(double? value) => value?.ToString("0.######", CultureInfo.InvariantCulture) ?? "–";

    /// <summary>Three digits after the point; a dash for none.</summary>
    public static string Score(double? value) => value?.ToString("0.000", CultureInfo.InvariantCulture) ?? "–";

    /// <summary>A whole number.</summary>
    public static string Count(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A number and its noun: 1 request, 2 requests.</summary>
    public static string Count(long value, string noun) => $"{Count(value)} {noun}{(value == 1 ? "" : "s")}";

    /// <summary>The first digits of a digest: enough to tell pairs apart.</summary>
    public static string Digest(string sha256) => sha256.Length > 12 ? sha256[..12] : sha256;

    /// <summary>UTC, to the second; a dash for none.</summary>
    public static string Time(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture) ?? "–";
}
