using System.Globalization;

namespace Utaf.Benchmarks.Results;

/// <summary>What a run was told to do: <c>run.json</c>. A folder is gone on with only by the same settings.</summary>
/// <param name="Format"><see cref="CurrentFormat"/> of the version that made it.</param>
/// <param name="Scenario">skin, warfarin or fashion.</param>
/// <param name="Profile">paper, cpu or smoke.</param>
/// <param name="Seed">The first repeat's; each further one has the next.</param>
/// <param name="DataSha256">Of the data's files, in the order they are read.</param>
/// <param name="Machine">Processor and threads, for the reader of the results.</param>
internal sealed record RunSettings(int Format, string Scenario, string Profile, ulong Seed, IReadOnlyList<string> DataSha256, string Machine)
{
    public const int CurrentFormat = 1;

    public const string FileName = "run.json";

    /// <summary>Whether a folder made with these settings may be gone on with under those.</summary>
    public bool IsSameAs(RunSettings other) => other with { DataSha256 = DataSha256 } == this && DataSha256.SequenceEqual(other.DataSha256);

    /// <summary>For an error: all that makes two runs different.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Scenario}, profile {Profile}, seed {Seed}, data {string.Join(' ', DataSha256.Select(Shortened))}, {Machine}");

    /// <summary>The first digits of a SHA-256, as many as a reader compares.</summary>
    public static string Shortened(string sha256) => sha256[..Math.Min(12, sha256.Length)];
}
