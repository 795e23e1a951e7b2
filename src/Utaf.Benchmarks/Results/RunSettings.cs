using System.Globalization;

namespace Utaf.Benchmarks.Results;

/// <summary>What a run was told to do: <c>run.json</c>. A folder is gone on with only by the same settings.</summary>
/// <param name="Format"><see cref="CurrentFormat"/> of the version that made it.</param>
/// <param name="Scenario">The command's name, such as skin.</param>
/// <param name="Profile">paper, cpu or smoke.</param>
/// <param name="Seed">The first repeat's; each further one has the next.</param>
/// <param name="DataSha256">Of the data's files, in the order they are read.</param>
/// <param name="Machine">Processor, threads, and the kind of another device, for the reader of the results.</param>
/// <param name="Schemes">What is run, in the order of all schemes; null in runs of before this was recorded.</param>
/// <param name="Settings">The kinds that are run beside the default; null likewise.</param>
/// <param name="IrrelevantSha256">Of the files of other domains, in the order they are read; null likewise.</param>
internal sealed record RunSettings(
    int Format,
    string Scenario,
    string Profile,
    ulong Seed,
    IReadOnlyList<string> DataSha256,
    string Machine,
    IReadOnlyList<string>? Schemes = null,
    IReadOnlyList<string>? Settings = null,
    IReadOnlyList<string>? IrrelevantSha256 = null)
{
    public const int CurrentFormat = 1;

    public const string FileName = "run.json";

    /// <summary>Whether a folder made with these settings may be gone on with under those.</summary>
    public bool IsSameAs(RunSettings other) =>
        other with { DataSha256 = DataSha256, Schemes = Schemes, Settings = Settings, IrrelevantSha256 = IrrelevantSha256 } == this
        && DataSha256.SequenceEqual(other.DataSha256)
        && MayBeSame(Schemes, other.Schemes)
        && MayBeSame(Settings, other.Settings)
        && MayBeSame(IrrelevantSha256, other.IrrelevantSha256);

    /// <summary>For an error: all that makes two runs different.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Scenario}, profile {Profile}, seed {Seed}, data {string.Join(' ', DataSha256.Select(Shortened))}{Told("schemes", Schemes)}{Told("settings", Settings)}{Told("irrelevant data", IrrelevantSha256?.Select(Shortened))}, {Machine}");

    /// <summary>The first digits of a SHA-256, as many as a reader compares.</summary>
    public static string Shortened(string sha256) => sha256[..Math.Min(12, sha256.Length)];

    // A run that does not say what it was told is believed.
    private static bool MayBeSame(IReadOnlyList<string>? ours, IReadOnlyList<string>? theirs) => ours is null || theirs is null || ours.SequenceEqual(theirs);

    private static string Told(string what, IEnumerable<string>? chosen) => chosen is null ? "" : $", {what} {string.Join(' ', chosen.DefaultIfEmpty("none"))}";
}
