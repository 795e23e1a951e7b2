using System.Text.Json;
using Utaf.Metrics;
using Utaf.Schemes;
using Utaf.Tool.Output;

namespace Utaf.Tool.Documents;

/// <summary>Fingerprinting schemes side by side on the held-out models of one ensemble.</summary>
/// <param name="Model">The target's name.</param>
/// <param name="Ensemble">The ensemble's folder.</param>
/// <param name="Stolen">Held-out stolen models.</param>
/// <param name="Honest">Held-out honest models.</param>
/// <param name="Schemes">In the order in which they were asked for.</param>
/// <param name="Absent">Those that do not apply to the model, or found no query.</param>
internal sealed record SchemesDocument(
    string Model,
    string Ensemble,
    int Stolen,
    int Honest,
    IReadOnlyList<SchemeRow> Schemes,
    IReadOnlyList<AbsentScheme> Absent) : Document
{
    private static readonly string[] Columns = ["AUC", "ARUC", "TPR 1 %", "TPR 5 %", "R at U = 1", "queries", "made in s", "asked in ms"];

    /// <summary>Measures the comparison.</summary>
    /// <exception cref="UtafException">UTAF1503 or UTAF1504: no scheme made a query.</exception>
    public static SchemesDocument Of(string model, string ensemble, SchemeComparison comparison)
    {
        if (comparison.Evaluations.Count == 0)
        {
            throw Errors.Again(new(comparison.Absent[0].Code, ExitCode.Usage, string.Join(' ', comparison.Absent.Select(absent => absent.Reason)), "utaf"));
        }

        var members = comparison.Evaluations[0].Members;
        return new(
            model,
            ensemble,
            members.Count(member => member.Stolen),
            members.Count(member => !member.Stolen),
            [.. comparison.Evaluations.Select(SchemeRow.Of)],
            comparison.Absent);
    }

    public override string ToJson() => JsonSerializer.Serialize(this, ToolJson.Readable.SchemesDocument);

    public override void WriteTo(TextPage page)
    {
        page.Line($"{Model}: {Stolen} stolen and {Honest} honest models held out in {Ensemble}");
        page.Table(["scheme", .. Columns.Select(Column.Number), "parameters"], [.. Schemes.Select(scheme => scheme.Row())]);
        foreach (var scheme in Schemes.Where(scheme => scheme.Note.Length > 0))
        {
            page.Line($"{scheme.Scheme}: {scheme.Note}");
        }

        foreach (var absent in Absent)
        {
            page.Line($"{absent.Reason} ({absent.Code})");
        }
    }
}

/// <summary>One scheme.</summary>
/// <param name="Scheme">Its name.</param>
/// <param name="Parameters">Those that were chosen.</param>
/// <param name="Note">How it went.</param>
/// <param name="Auc">In [0, 1].</param>
/// <param name="Aruc">In [0, 99/101].</param>
/// <param name="TruePositiveRateAt1">At 1 % false positives.</param>
/// <param name="TruePositiveRateAt5">At 5 % false positives.</param>
/// <param name="RobustnessAtUniquenessOne">Share of the stolen models above every honest one.</param>
/// <param name="Queries">Inputs a suspect is asked.</param>
/// <param name="ConstructionSeconds">The choice of parameters included.</param>
/// <param name="VerificationSeconds">Of one suspect, its own pass included.</param>
/// <param name="Members">The held-out models' scores.</param>
internal sealed record SchemeRow(
    string Scheme,
    string Parameters,
    string Note,
    double Auc,
    double Aruc,
    double TruePositiveRateAt1,
    double TruePositiveRateAt5,
    double RobustnessAtUniquenessOne,
    int Queries,
    double ConstructionSeconds,
    double VerificationSeconds,
    IReadOnlyList<Fingerprints.HeldOutMember> Members)
{
    public static SchemeRow Of(SchemeEvaluation evaluation)
    {
        double[] stolen = [.. evaluation.Members.Where(member => member.Stolen).Select(member => member.MatchingRate)];
        double[] honest = [.. evaluation.Members.Where(member => !member.Stolen).Select(member => member.MatchingRate)];
        var curve = new RobustnessUniqueness(stolen, honest);
        return new(
            evaluation.Scheme,
            evaluation.Chosen,
            evaluation.Note,
            RocCurve.Auc(stolen, honest),
            curve.Aruc,
            RocCurve.TruePositiveRateAt(stolen, honest, 0.01),
            RocCurve.TruePositiveRateAt(stolen, honest, 0.05),
            curve.RobustnessAtUniquenessOne,
            evaluation.Queries,
            evaluation.ConstructionSeconds,
            evaluation.VerificationSeconds,
            evaluation.Members);
    }

    public Cell[] Row() =>
    [
        Scheme,
        Numbers.Score(Auc),
        Numbers.Score(Aruc),
        Numbers.Score(TruePositiveRateAt1),
        Numbers.Score(TruePositiveRateAt5),
        Numbers.Score(RobustnessAtUniquenessOne),
        Numbers.Count(Queries),
        Numbers.Seconds(ConstructionSeconds),
        Numbers.Milliseconds(VerificationSeconds),
        Parameters,
    ];
}
