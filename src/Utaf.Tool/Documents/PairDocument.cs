using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Utaf.Commitments;
using Utaf.Fingerprints;
using Utaf.Tool.Output;

namespace Utaf.Tool.Documents;

/// <summary>What may be known of a pair.</summary>
/// <param name="Sha256">Its identity.</param>
/// <param name="Place">The file or store it is in.</param>
/// <param name="Manifest">The public manifest; null where the store's copy is missing, damaged or of a newer tool.</param>
internal sealed record PairDocument(string Sha256, string Place, PairManifest? Manifest) : Document
{
    private static readonly string[] Results = ["AUC", "ARUC", "TPR at 1 % FPR", "TPR at 5 % FPR", "robustness at uniqueness 1"];

    /// <summary>NAME@VERSION, which is known even without the manifest.</summary>
    [JsonIgnore]
    public string? Named { get; init; }

    /// <summary>The format version of a manifest that is null because a newer tool wrote it; null otherwise.</summary>
    public int? NewerFormat { get; init; }

    /// <summary>What its commitment says; null where none was found.</summary>
    public CommitmentCheck? Commitment { get; init; }

    public override string ToJson() => JsonSerializer.Serialize(this, ToolJson.Readable.PairDocument);

    public override void WriteTo(TextPage page)
    {
        var manifest = Manifest!;
        var (model, training, ensemble) = (manifest.Model, manifest.Training, manifest.Ensemble);
        page.Facts(
            ("Pair", $"{model.Name} {model.Version}"),
            ("SHA-256", Sha256),
            ("Place", manifest.Encryption is { } encryption ? $"{Place}, encrypted: {encryption.Algorithm}, key {encryption.KeyId}" : Place),
            ("Target", $"SHA-256 {model.ArtifactSha256}"),
            ("Task", manifest.Task),
            ("Inputs", Describe(manifest.Examples, manifest.Input)),
            ("Outputs", $"{manifest.Output.Width} numbers each, as {(manifest.Output.Space == OutputSpace.Raw ? "they are" : "probabilities")}{ReadAs(manifest.Output.Scale)}"),
            ("Threshold", $"ρ = {Numbers.Short(manifest.Threshold)}"),
            ("Trained", $"{training.Iterations} iterations, schedule {training.Schedule}, seed {training.Seed}, {training.Threads} thread(s)"),
            ("Rates", $"{Numbers.Short(training.InputLearningRate)} for the inputs, {Numbers.Short(training.VerifierLearningRate)} for the meta-verifier"),
            ("Objective", training.Objective),
            ("Ensemble", $"{ensemble.Positives} stolen and {ensemble.Negatives} honest; profile {ensemble.Profile}, plan {Numbers.Digest(ensemble.Plan)}"),
            ("Split", $"{ensemble.Training} for training, {ensemble.Validation} for validation, {ensemble.Test} held out"),
            ("Made", manifest.CreatedUtc is { } time ? $"{Time(time)} by utaf {manifest.ToolVersion}" : $"by utaf {manifest.ToolVersion}"));
        WriteCommitment(page);
        WriteHeldOut(page, manifest.HeldOut);
        WriteNotes(page, ensemble.Notes);
    }

    private void WriteCommitment(TextPage page)
    {
        if (Commitment is { } commitment)
        {
            page.Line();
            page.Line(
                $"Commitment {commitment.Statement} of {Time(commitment.CommittedUtc!.Value)}: {commitment.Detail}",
                commitment.Matches ? Tone.Plain : Tone.Bad);
        }
    }

    /// <summary>The results on the held-out models.</summary>
    public static void WriteHeldOut(TextPage page, HeldOutResults results)
    {
        var stolen = results.Members.Count(member => member.Stolen);
        page.Line();
        page.Line($"On {stolen} stolen and {results.Members.Count - stolen} honest models that were held out:");
        page.Table(
            [.. Results.Select(Column.Number)],
            [[
                Numbers.Score(results.Auc),
                Numbers.Score(results.Aruc),
                Numbers.Score(results.TruePositiveRateAt1),
                Numbers.Score(results.TruePositiveRateAt5),
                Numbers.Score(results.RobustnessAtUniquenessOne),
            ]]);
    }

    /// <summary>A time to the minute.</summary>
    public static string Time(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string Describe(int examples, InputSpecification input) =>
        $"{examples} of shape [{string.Join(", ", input.Shape)}] in [{Numbers.Short(input.Minimum)}, {Numbers.Short(input.Maximum)}]";

    private static string ReadAs(AnswerScale? scale) => scale switch
    {
        AnswerScale.Logarithmic => ", read as logarithms",
        AnswerScale.StandardisedLogarithmic => ", read as logarithms by each model's own mean and deviation",
        AnswerScale.InnerProducts => ", read as inner products of each two",
        _ => "",
    };

    /// <summary>What a reader should know.</summary>
    public static void WriteNotes(TextPage page, IReadOnlyList<string> notes)
    {
        foreach (var note in notes)
        {
            page.Line($"Note: {note}");
        }
    }
}
