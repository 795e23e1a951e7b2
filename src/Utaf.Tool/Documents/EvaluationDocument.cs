using System.Text.Json;
using Utaf.Fingerprints;
using Utaf.Metrics;
using Utaf.Stores;
using Utaf.Tool.Output;

namespace Utaf.Tool.Documents;

/// <summary>How good a pair is on its held-out models.</summary>
/// <param name="Model">Whose pair it is.</param>
/// <param name="Sha256">The pair's identity.</param>
/// <param name="Threshold">ρ.</param>
/// <param name="Robustness">R(ρ): share of the stolen models above it, in [0, 1].</param>
/// <param name="Uniqueness">U(ρ): share of the honest models not above it, in [0, 1].</param>
/// <param name="Auc">In [0, 1].</param>
/// <param name="Aruc">In [0, 99/101].</param>
/// <param name="TruePositiveRateAt1">At 1 % false positives.</param>
/// <param name="TruePositiveRateAt5">At 5 % false positives.</param>
/// <param name="RobustnessAtUniquenessOne">Share of the stolen models above every honest one.</param>
/// <param name="Families">By obfuscation and by kind of independent model.</param>
/// <param name="Plots">Pictures that were drawn.</param>
internal sealed record EvaluationDocument(
    ModelIdentity Model,
    string Sha256,
    double Threshold,
    double Robustness,
    double Uniqueness,
    double Auc,
    double Aruc,
    double TruePositiveRateAt1,
    double TruePositiveRateAt5,
    double RobustnessAtUniquenessOne,
    IReadOnlyList<FamilyResult> Families,
    IReadOnlyList<string>? Plots = null) : Document
{
    private static readonly string[] Columns = ["n", "robustness", "uniqueness", "mean p₊", "min", "max"];

    /// <summary>Computes everything again from the held-out members' matching rates.</summary>
    /// <exception cref="UtafException">UTAF1301: the manifest lists no stolen or no honest held-out model.</exception>
    public static EvaluationDocument Of(FetchedPair pair)
    {
        var (manifest, threshold) = (pair.Manifest, pair.Manifest.Threshold);
        var (stolen, honest) = Rates(manifest, pair.Place);
        var curve = new RobustnessUniqueness(stolen, honest);
        return new(
            manifest.Model,
            pair.Sha256,
            threshold,
            stolen.Count(rate => rate > threshold) / (double)stolen.Length,
            honest.Count(rate => rate <= threshold) / (double)honest.Length,
            RocCurve.Auc(stolen, honest),
            curve.Aruc,
            RocCurve.TruePositiveRateAt(stolen, honest, 0.01),
            RocCurve.TruePositiveRateAt(stolen, honest, 0.05),
            curve.RobustnessAtUniquenessOne,
            [
                .. manifest.HeldOut.Members
                    .GroupBy(member => (member.Stolen, member.Family))
                    .OrderByDescending(family => family.Key.Stolen)
                    .ThenBy(family => family.Key.Family, StringComparer.Ordinal)
                    .Select(family => FamilyResult.Of([.. family], threshold)),
            ]);
    }

    /// <summary>The matching rates of the held-out models: stolen, honest.</summary>
    /// <exception cref="UtafException">UTAF1301: there are none of a kind.</exception>
    public static (double[] Stolen, double[] Honest) Rates(PairManifest manifest, string origin)
    {
        var rates = manifest.HeldOut.Members.ToLookup(member => member.Stolen, member => member.MatchingRate);
        return rates[true].Any() && rates[false].Any()
            ? ([.. rates[true]], [.. rates[false]])
            : throw Errors.BadPair(origin, "its manifest lists no stolen or no honest held-out model.");
    }

    public override string ToJson() => JsonSerializer.Serialize(this, ToolJson.Readable.EvaluationDocument);

    public override void WriteTo(TextPage page)
    {
        page.Line($"{Model.Name} {Model.Version} (pair {Numbers.Digest(Sha256)}) on its held-out models, at ρ = {Numbers.Short(Threshold)}");
        page.Table(
            ["family", "", .. Columns.Select(Column.Number)],
            [.. Families.Select(family => family.Row()), Total("all stolen", Robustness, null), Total("all honest", null, Uniqueness)]);
        page.Facts(
            ("AUC", Numbers.Score(Auc)),
            ("ARUC", $"{Numbers.Score(Aruc)} (a perfect pair has {Numbers.Score(99.0 / 101)})"),
            ("TPR at 1 % FPR", Numbers.Score(TruePositiveRateAt1)),
            ("TPR at 5 % FPR", Numbers.Score(TruePositiveRateAt5)),
            ("Robustness at uniqueness 1", Numbers.Score(RobustnessAtUniquenessOne)));
        foreach (var plot in Plots ?? [])
        {
            page.Line($"Drawn: {plot}");
        }
    }

    private Cell[] Total(string name, double? robustness, double? uniqueness)
    {
        var families = Families.Where(family => family.Stolen == (robustness is not null)).ToList();
        var count = families.Sum(family => family.Count);
        return
        [
            name,
            "",
            Numbers.Count(count),
            robustness is null ? "" : Numbers.Score(robustness),
            uniqueness is null ? "" : Numbers.Score(uniqueness),
            Numbers.Score(families.Sum(family => family.Mean * family.Count) / count),
            Numbers.Score(families.Min(family => family.Minimum)),
            Numbers.Score(families.Max(family => family.Maximum)),
        ];
    }
}

/// <summary>The held-out models of one family.</summary>
/// <param name="Family">The obfuscation, or the kind of independent model.</param>
/// <param name="Stolen">Whether they are positives.</param>
/// <param name="Count">How many, at least 1.</param>
/// <param name="Right">Robustness of stolen, uniqueness of honest ones, at ρ, in [0, 1].</param>
/// <param name="Mean">Of p₊.</param>
/// <param name="Minimum">Of p₊.</param>
/// <param name="Maximum">Of p₊.</param>
internal sealed record FamilyResult(string Family, bool Stolen, int Count, double Right, double Mean, double Minimum, double Maximum)
{
    public static FamilyResult Of(HeldOutMember[] members, double threshold) => new(
        members[0].Family,
        members[0].Stolen,
        members.Length,
        members.Count(member => member.MatchingRate > threshold == member.Stolen) / (double)members.Length,
        members.Average(member => member.MatchingRate),
        members.Min(member => member.MatchingRate),
        members.Max(member => member.MatchingRate));

    public Cell[] Row()
    {
        var right = new Cell(Numbers.Score(Right), Right < 1 ? Tone.Bad : Tone.Good);
        return
        [
            Family,
            Stolen ? "stolen" : "honest",
            Numbers.Count(Count),
            Stolen ? right : "",
            Stolen ? "" : right,
            Numbers.Score(Mean),
            Numbers.Score(Minimum),
            Numbers.Score(Maximum),
        ];
    }
}
