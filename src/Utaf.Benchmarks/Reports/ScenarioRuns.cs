using System.Globalization;
using Utaf.Benchmarks.Results;

namespace Utaf.Benchmarks.Reports;

/// <summary>All runs of one scenario in one profile, as one: on the same data, every seed once.</summary>
internal sealed class ScenarioRuns
{
    private ScenarioRuns(IReadOnlyList<RunFolder> folders, IReadOnlyList<RepeatResult> repeats) => (Folders, Repeats) = (folders, repeats);

    /// <summary>At least one.</summary>
    public IReadOnlyList<RunFolder> Folders { get; }

    /// <summary>By seed, at least one.</summary>
    public IReadOnlyList<RepeatResult> Repeats { get; }

    public string Scenario => Folders[0].Settings.Scenario;

    public string Profile => Folders[0].Settings.Profile;

    public IReadOnlyList<string> DataSha256 => Folders[0].Settings.DataSha256;

    /// <summary>Where the repeats were made; times of different machines are not the same.</summary>
    public IReadOnlyList<string> Machines => [.. Folders.Select(folder => folder.Settings.Machine).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Every setting that a scheme was run in.</summary>
    public IReadOnlyList<string> Settings => [.. Repeats.SelectMany(repeat => repeat.Schemes).Select(scheme => scheme.Setting).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The schemes of a setting, in the order of the report.</summary>
    public IReadOnlyList<string> SchemesIn(string setting) =>
        InOrder(Repeats.SelectMany(repeat => repeat.Schemes).Where(scheme => scheme.Setting == setting).Select(scheme => scheme.Scheme));

    /// <summary>The schemes of at least one of the settings, in the order of the report.</summary>
    public IReadOnlyList<string> SchemesInAny(IEnumerable<string> settings) => InOrder(settings.SelectMany(SchemesIn));

    /// <summary>A scheme's results in a setting, of each repeat that has them.</summary>
    public IReadOnlyList<SchemeResult> Of(string scheme, string setting) =>
        [.. Repeats.SelectMany(repeat => repeat.Schemes).Where(result => result.Scheme == scheme && result.Setting == setting)];

    /// <summary>A scheme's results in a setting beside those of the default setting, both of the suspects that both have, of each repeat in which some are stolen and some honest.</summary>
    public IReadOnlyList<(SchemeResult Open, SchemeResult Default)> OnTheSame(string scheme, string setting)
    {
        var both =
            from repeat in Repeats
            from one in Of(repeat, (scheme, setting))
            from other in Of(repeat, (scheme, Results.Settings.Default))
            select (Open: Shared(one, other), Default: Shared(other, one));
        return [.. both.Where(pair => pair.Open.Suspects.Select(suspect => suspect.Stolen).Distinct().Count() > 1)];

        static SchemeResult Shared(SchemeResult result, SchemeResult other) =>
            result with { Suspects = [.. result.Suspects.IntersectBy(other.Suspects.Select(suspect => suspect.Id), suspect => suspect.Id)] };
    }

    /// <summary>The ARUCs of two schemes, each in a setting, of the repeats that have both.</summary>
    public IReadOnlyList<(double First, double Second)> Arucs((string Scheme, string Setting) first, (string Scheme, string Setting) second)
    {
        var both =
            from repeat in Repeats
            from one in Of(repeat, first)
            from other in Of(repeat, second)
            select (SchemeMeasures.Of(one).Aruc, SchemeMeasures.Of(other).Aruc);
        return [.. both];
    }

    /// <summary>Reads the folders; those of one scenario and profile are put together.</summary>
    /// <exception cref="UtafException">UTAF1002, UTAF1003, UTAF1901, UTAF1902: a folder is no run, or damaged. UTAF1904: two disagree. UTAF1905: nothing is finished.</exception>
    public static IReadOnlyList<ScenarioRuns> Read(IEnumerable<string> paths) =>
    [
        .. paths.Select(path => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))).Distinct().Order(StringComparer.Ordinal)
            .Select(RunFolder.Open)
            .GroupBy(folder => (folder.Settings.Scenario, folder.Settings.Profile))
            .Select(group => Together([.. group]))
            .OrderBy(runs => Titles.RankOfScenario(runs.Scenario)).ThenBy(runs => runs.Scenario, StringComparer.Ordinal).ThenBy(runs => runs.Profile, StringComparer.Ordinal),
    ];

    private static IEnumerable<SchemeResult> Of(RepeatResult repeat, (string Scheme, string Setting) wanted) =>
        repeat.Schemes.Where(result => (result.Scheme, result.Setting) == wanted);

    private static IReadOnlyList<string> InOrder(IEnumerable<string> schemes) =>
        [.. schemes.Distinct().OrderBy(Titles.Rank).ThenBy(name => name, StringComparer.Ordinal)];

    private static ScenarioRuns Together(IReadOnlyList<RunFolder> folders)
    {
        var first = folders[0];
        var repeats = new SortedDictionary<ulong, (RunFolder Folder, RepeatResult Repeat)>();
        foreach (var folder in folders)
        {
            if (!folder.Settings.DataSha256.SequenceEqual(first.Settings.DataSha256))
            {
                throw Errors.RunsDisagree(folder.Path, first.Path, "they are of other data (dataSha256)");
            }

            var finished = folder.Repeats();
            if (finished.Count == 0)
            {
                throw Errors.NoFinishedRepeat(folder.Path);
            }

            foreach (var repeat in finished)
            {
                if (repeats.TryAdd(repeat.Seed, (folder, repeat)))
                {
                    continue;
                }

                var (earlier, part) = repeats[repeat.Seed];
                repeats[repeat.Seed] = part.With(repeat, out var difference) is { } whole
                    ? (earlier, whole)
                    : throw Errors.RunsDisagree(folder.Path, earlier.Path, string.Create(CultureInfo.InvariantCulture, $"{difference} ({first.Settings.Scenario}, profile {first.Settings.Profile}, seed {repeat.Seed})"));
            }
        }

        return new(folders, [.. repeats.Values.Select(pair => pair.Repeat)]);
    }
}
