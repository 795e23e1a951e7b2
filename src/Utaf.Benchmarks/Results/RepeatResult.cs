using System.Globalization;

namespace Utaf.Benchmarks.Results;

/// <summary>One repeat of a scenario: <c>repeat-SEED.json</c>, written when all of it is there.</summary>
/// <param name="Seed">Decides halves, weights and members.</param>
/// <param name="Target">How good the target is on data it was not trained on: accuracy, r2, … by name.</param>
/// <param name="Members">M₊ and M₋ together, those that are only learned from included.</param>
/// <param name="EnsembleSeconds">Stage 1.</param>
/// <param name="Schemes">Every scheme in every setting, UTAF's too.</param>
internal sealed record RepeatResult(ulong Seed, IReadOnlyDictionary<string, double> Target, int Members, double EnsembleSeconds, IReadOnlyList<SchemeResult> Schemes)
{
    public const string FilePattern = "repeat-*.json";

    public static string FileName(ulong seed) => string.Create(CultureInfo.InvariantCulture, $"repeat-{seed}.json");

    /// <summary>
    /// One repeat of two parts of it, such as runs of other settings on the same ensemble. Where both have a scheme in a setting, the scores must be the
    /// same; this one's times stay, for a second measurement of one repeat is no second repeat.
    /// </summary>
    /// <param name="other">Of the same seed.</param>
    /// <param name="difference">Where the two disagree, if they do.</param>
    /// <returns>Null if they disagree.</returns>
    public RepeatResult? With(RepeatResult other, out string difference)
    {
        difference = "the target or its ensemble";
        if (!SameSuspects(other) || Target.Count != other.Target.Count || Target.Any(measure => !other.Target.TryGetValue(measure.Key, out var value) || value != measure.Value))
        {
            return null;
        }

        var added = new List<SchemeResult>();
        foreach (var theirs in other.Schemes)
        {
            var ours = Schemes.FirstOrDefault(scheme => scheme.Scheme == theirs.Scheme && scheme.Setting == theirs.Setting);
            if (ours is null)
            {
                added.Add(theirs);
            }
            else if (ours.Queries != theirs.Queries || !ours.Suspects.SequenceEqual(theirs.Suspects))
            {
                difference = $"the scores of {ours.Scheme} in {ours.Setting}";
                return null;
            }
        }

        // A run that finds the ensemble built tells less; and of two ensembles with the same suspects the larger one has more to learn from alone.
        return this with
        {
            Members = Math.Max(Members, other.Members),
            EnsembleSeconds = Math.Max(EnsembleSeconds, other.EnsembleSeconds),
            Schemes = [.. Schemes, .. added],
        };
    }

    /// <summary>Whether both are of the same held-out models. How many members there are besides says nothing: some are only learned from.</summary>
    private bool SameSuspects(RepeatResult other)
    {
        var (ours, theirs) = (HeldOut(this), HeldOut(other));
        return ours is null || theirs is null || ours.SequenceEqual(theirs);

        static IEnumerable<(string Id, bool Stolen, string Family)>? HeldOut(RepeatResult repeat) =>
            repeat.Schemes.FirstOrDefault(scheme => scheme.Setting == Settings.Default)?.Suspects.Select(suspect => (suspect.Id, suspect.Stolen, suspect.Family));
    }

    /// <summary>What cannot be so, as expected and found; null if all is well. A report trusts what has passed.</summary>
    public (string Expected, string Found)? Fault()
    {
        if (Schemes.GroupBy(scheme => (scheme.Scheme, scheme.Setting)).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            return ("each scheme once in a setting", $"{twice.Key.Scheme} in {twice.Key.Setting} {twice.Count()} times");
        }

        foreach (var scheme in Schemes)
        {
            if (scheme.Suspects.FirstOrDefault(suspect => suspect.Score is not (>= 0 and <= 1)) is { } outside)
            {
                return ("scores in [0, 1]", string.Create(CultureInfo.InvariantCulture, $"{outside.Score} of {outside.Id} ({scheme.Scheme}, {scheme.Setting})"));
            }

            if (scheme.ConstructionSeconds < 0 || scheme.VerificationSeconds < 0)
            {
                return ("times of at least 0 s", string.Create(CultureInfo.InvariantCulture, $"{scheme.ConstructionSeconds} and {scheme.VerificationSeconds} s ({scheme.Scheme}, {scheme.Setting})"));
            }

            if (scheme.LearningCurve.Zip(scheme.LearningCurve.Skip(1)).Any(pair => pair.Second.Seconds < pair.First.Seconds)
                || scheme.LearningCurve.Any(point => point.Auc is not (>= 0 and <= 1) || point.Aruc is not (>= 0 and <= 1)))
            {
                return ("a learning curve by ascending seconds, in [0, 1]", $"another ({scheme.Scheme}, {scheme.Setting})");
            }

            var stolen = scheme.Suspects.Count(suspect => suspect.Stolen);
            if (stolen == 0 || stolen == scheme.Suspects.Count)
            {
                return ("suspects of both sides", $"{stolen} stolen and {scheme.Suspects.Count - stolen} honest ({scheme.Scheme}, {scheme.Setting})");
            }
        }

        return null;
    }
}

/// <summary>What one scheme gave in one setting. All measures come from the suspects' scores.</summary>
/// <param name="Scheme">utaf, utaf-paper (Algorithm 1 as printed), ipguard, conferae, deepfool, modeldiff, akh or sac.</param>
/// <param name="Setting">See <see cref="Settings"/>.</param>
/// <param name="Queries">Inputs a suspect is asked.</param>
/// <param name="ConstructionSeconds">From the ensemble to the fingerprint, the choice of its parameters included.</param>
/// <param name="VerificationSeconds">Of one suspect, the suspect's own pass included: the mean over all.</param>
/// <param name="Chosen">The scheme's parameters, and those chosen on validation, for the reader; empty where there are none.</param>
/// <param name="Suspects">The held-out models.</param>
/// <param name="LearningCurve">The validation part over wall time; empty where a scheme does not learn.</param>
internal sealed record SchemeResult(
    string Scheme,
    string Setting,
    int Queries,
    double ConstructionSeconds,
    double VerificationSeconds,
    string Chosen,
    IReadOnlyList<ScoredSuspect> Suspects,
    IReadOnlyList<CurvePoint> LearningCurve);

/// <summary>A held-out model and its score.</summary>
/// <param name="Id">The member's.</param>
/// <param name="Stolen">Whether it is of M₊.</param>
/// <param name="Family">The kind of obfuscation or of independent training, as the tool names it.</param>
/// <param name="Score">The matching rate, in [0, 1].</param>
internal sealed record ScoredSuspect(string Id, bool Stolen, string Family, double Score);

/// <summary>How good the fingerprint was at a moment.</summary>
/// <param name="Seconds">Since the construction began.</param>
/// <param name="Auc">On the validation part.</param>
/// <param name="Aruc">On the validation part.</param>
internal sealed record CurvePoint(double Seconds, double Auc, double Aruc);

/// <summary>The names of settings.</summary>
internal static class Settings
{
    /// <summary>The scheme's defaults with 100 queries.</summary>
    public const string Default = "default";

    /// <summary>Parameters chosen on the validation part.</summary>
    public const string Swept = "swept";

    /// <summary>Another N (figure 4).</summary>
    public static string Examples(int count) => $"n={count}";

    /// <summary>Another number of ModelDiff's pairs, each of two queries.</summary>
    public static string Pairs(int count) => $"pairs={count}";

    /// <summary>A smaller ensemble (figure 5): so many positives and as many negatives in the part that is learned from, and none that are for training alone.</summary>
    public static string Ensemble(int perSide) => $"ensemble={perSide}";

    /// <summary>A family left out of training: the suspects are its members of all parts, against the other side's test members. Perturbed copies stay.</summary>
    public static string Without(string family) => $"without={family}";

    /// <summary>An attack that is never trained on: its copies, against the honest test members under the same transformation where it is the API's.</summary>
    public static string Unseen(string attack) => $"unseen={attack}";

    /// <summary>The count in such a name as <see cref="Examples"/> gives; null for others.</summary>
    public static int? ExampleCount(string setting) => Number(setting, "n=");

    /// <summary>The count in such a name as <see cref="Ensemble"/> gives; null for others.</summary>
    public static int? EnsembleSize(string setting) => Number(setting, "ensemble=");

    /// <summary>The family in such a name as <see cref="Without"/> gives; null for others.</summary>
    public static string? LeftOut(string setting) => After(setting, "without=");

    /// <summary>The attack in such a name as <see cref="Unseen"/> gives; null for others.</summary>
    public static string? Attack(string setting) => After(setting, "unseen=");

    private static string? After(string setting, string prefix) => setting.StartsWith(prefix, StringComparison.Ordinal) ? setting[prefix.Length..] : null;

    private static int? Number(string setting, string prefix) =>
        int.TryParse(After(setting, prefix), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
