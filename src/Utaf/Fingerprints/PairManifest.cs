using System.Text.Json;

namespace Utaf.Fingerprints;

/// <summary>The public part of a fingerprinting pair: what it was made for, how, and how well it did on held-out models.</summary>
/// <param name="FormatVersion">Version of the pair's format, see <see cref="VersionOf"/>.</param>
/// <param name="Model">The target model.</param>
/// <param name="Task">"classification", "regression", or another task's name.</param>
/// <param name="Input">What the target takes.</param>
/// <param name="Output">What the target gives.</param>
/// <param name="Examples">N, the number of fingerprint inputs, at least 1.</param>
/// <param name="Threshold">ρ in [0, 1]: a suspect is positive if its matching rate is above.</param>
/// <param name="Training">How the pair was trained.</param>
/// <param name="Ensemble">The models that it was trained and tested with.</param>
/// <param name="HeldOut">The results on the models kept for the test.</param>
/// <param name="ToolVersion">Version of the tool that made the pair.</param>
/// <param name="CreatedUtc">When the pair was made; absent in the pair's own bytes, so that one seed gives one digest.</param>
/// <param name="Encryption">How a store keeps the pair's bytes; absent where it keeps them as they are, and in the bytes themselves.</param>
public sealed record PairManifest(
    int FormatVersion,
    ModelIdentity Model,
    string Task,
    InputSpecification Input,
    OutputSpecification Output,
    int Examples,
    double Threshold,
    TrainingRecord Training,
    EnsembleSummary Ensemble,
    HeldOutResults HeldOut,
    string ToolVersion,
    DateTimeOffset? CreatedUtc = null,
    EncryptionRecord? Encryption = null)
{
    /// <summary>The newest format version that this code writes and reads.</summary>
    public const int CurrentFormatVersion = 3;

    /// <summary>The oldest format version that can tell what a pair's meta-verifier reads: older tools read what they can.</summary>
    /// <param name="output">The pair's output specification.</param>
    public static int VersionOf(OutputSpecification output) => output.Scale switch
    {
        null => 1,
        AnswerScale.Logarithmic => 2,
        _ => 3,
    };

    /// <summary>The manifest as indented JSON with camelCase keys: the same manifest gives the same text on every platform.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ManifestJson.Readable.PairManifest);

    /// <summary>Reads <see cref="ToJson"/>'s text. Unknown keys are left out.</summary>
    /// <exception cref="JsonException">This is no manifest, or a key is missing or of another type.</exception>
    public static PairManifest FromJson(string json) =>
        JsonSerializer.Deserialize(json, ManifestJson.Readable.PairManifest) ?? throw new JsonException("The manifest is null.");

    /// <summary>The format version that a manifest tells, whose other keys may be a newer version's; null where it tells none.</summary>
    /// <exception cref="JsonException">This is no JSON.</exception>
    public static int? FormatVersionIn(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement is { ValueKind: JsonValueKind.Object } manifest
            && manifest.TryGetProperty("formatVersion", out var element)
            && element.ValueKind == JsonValueKind.Number
            && element.TryGetInt32(out var version)
            && version >= 1
                ? version
                : null;
    }
}

/// <summary>Which model a pair belongs to.</summary>
/// <param name="Name">The model's name; a folder's name in a store.</param>
/// <param name="Version">The released version; a folder's name in a store.</param>
/// <param name="ArtifactSha256">SHA-256 of the target's file, 64 lower-case hexadecimal digits.</param>
public sealed record ModelIdentity(string Name, string Version, string ArtifactSha256);

/// <summary>The box X that the fingerprint lies in.</summary>
/// <param name="Shape">Shape of one input without the batch, such as [C, H, W].</param>
/// <param name="Minimum">The smallest value that an input may have.</param>
/// <param name="Maximum">The largest value that an input may have.</param>
public sealed record InputSpecification(int[] Shape, double Minimum, double Maximum);

/// <summary>What the target returns for one input.</summary>
/// <param name="Width">d_out, numbers per input, at least 1.</param>
/// <param name="Space">What the numbers are that the meta-verifier is given.</param>
/// <param name="Scale">On what scale it reads them; null: as they are. Since format version 2.</param>
public sealed record OutputSpecification(int Width, OutputSpace Space, AnswerScale? Scale = null);

/// <summary>How the pair was trained (Algorithm 1 of the paper).</summary>
/// <param name="Seed">The seed that repeats the training bit for bit.</param>
/// <param name="Iterations">Iterations that were made; the batched schedule's fingerprint is the best that was measured on the way, which may be an earlier one.</param>
/// <param name="InputLearningRate">Learning rate of the fingerprint.</param>
/// <param name="VerifierLearningRate">Learning rate of the meta-verifier.</param>
/// <param name="Objective">The terms over the ensemble's members with their weights.</param>
/// <param name="Schedule">How it was minimised: "batched", or "paper" for Algorithm 1.</param>
/// <param name="Threads">CPU threads; another number may give other last bits.</param>
/// <param name="Curve">The objective over the iterations.</param>
/// <param name="Precision">What large members computed with meanwhile, "bfloat16"; null: float32. A processor that does not multiply it by itself gives another pair.</param>
public sealed record TrainingRecord(
    ulong Seed,
    int Iterations,
    double InputLearningRate,
    double VerifierLearningRate,
    string Objective,
    string Schedule,
    int Threads,
    IReadOnlyList<CurvePoint> Curve,
    string? Precision = null);

/// <summary>One point of the training curve.</summary>
/// <param name="Iteration">From 0.</param>
/// <param name="Loss">The objective, minimised.</param>
/// <param name="ValidationAuc">In [0, 1]; null where it was not measured.</param>
/// <param name="ValidationAruc">In [0, 1]; null where it was not measured.</param>
/// <param name="ValidationLoss">The objective on the validation part; null where it was not measured.</param>
public sealed record CurvePoint(
    int Iteration,
    double Loss,
    double? ValidationAuc = null,
    double? ValidationAruc = null,
    double? ValidationLoss = null);

/// <summary>The ensemble of positives M₊ and negatives M₋ and its split.</summary>
/// <param name="Plan">Hash of everything that determines the ensemble's content.</param>
/// <param name="Profile">Name of the profile the plan was made from.</param>
/// <param name="Positives">Number of stolen models.</param>
/// <param name="Negatives">Number of honest models.</param>
/// <param name="Training">Members that fingerprint and meta-verifier were learned on.</param>
/// <param name="Validation">Members that choices were made with; under the "batched" schedule the final meta-verifier learned from them afterwards.</param>
/// <param name="Test">Members that were used once, for the held-out results.</param>
/// <param name="Notes">What a reader should know, such as dropped duplicates.</param>
public sealed record EnsembleSummary(
    string Plan,
    string Profile,
    int Positives,
    int Negatives,
    int Training,
    int Validation,
    int Test,
    IReadOnlyList<string> Notes);

/// <summary>Results on the test part of the ensemble.</summary>
/// <param name="Auc">Area under the ROC curve, in [0, 1].</param>
/// <param name="Aruc">Area under the robustness-uniqueness curve, in [0, 99/101].</param>
/// <param name="RobustnessAtUniquenessOne">Share of the positives above every negative, in [0, 1].</param>
/// <param name="TruePositiveRateAt1">True positive rate at a false positive rate of 1 %, in [0, 1].</param>
/// <param name="TruePositiveRateAt5">True positive rate at a false positive rate of 5 %, in [0, 1].</param>
/// <param name="Members">Every model of the test part with its matching rate.</param>
public sealed record HeldOutResults(
    double Auc,
    double Aruc,
    double RobustnessAtUniquenessOne,
    double TruePositiveRateAt1,
    double TruePositiveRateAt5,
    IReadOnlyList<HeldOutMember> Members);

/// <summary>One model of the test part.</summary>
/// <param name="Id">The member's name in the plan.</param>
/// <param name="Family">The obfuscation or the architecture it comes from.</param>
/// <param name="Stolen">Whether it is a positive.</param>
/// <param name="MatchingRate">p₊ in [0, 1].</param>
public sealed record HeldOutMember(string Id, string Family, bool Stolen, double MatchingRate);

/// <summary>How a pair is encrypted where it is stored.</summary>
/// <param name="Algorithm">"AES-256-GCM".</param>
/// <param name="KeyId">Which key: 16 lower-case hexadecimal digits that tell nothing else about it.</param>
/// <param name="StoredSha256">SHA-256 of the encrypted bytes, 64 lower-case hexadecimal digits.</param>
public sealed record EncryptionRecord(string Algorithm, string KeyId, string StoredSha256);
