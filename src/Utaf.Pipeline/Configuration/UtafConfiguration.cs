using System.Text.Json.Serialization;

namespace Utaf.Configuration;

/// <summary>What <c>utaf.json</c> says. Every part may be missing; paths are relative to the file's folder.</summary>
public sealed record UtafConfiguration
{
    /// <summary>The file that it was read from; null if there was none.</summary>
    [JsonIgnore]
    public string? File { get; init; }

    /// <summary>The published schema, for editors; not read.</summary>
    [JsonPropertyName("$schema")]
    public string? Schema { get; init; }

    /// <summary>The models to protect.</summary>
    public IReadOnlyList<ModelSettings> Models { get; init; } = [];

    /// <summary>Stage 1.</summary>
    public EnsembleSettings Ensemble { get; init; } = new();

    /// <summary>Stage 2.</summary>
    public FingerprintSettings Fingerprint { get; init; } = new();

    /// <summary>Where pairs are kept.</summary>
    public StoreSettings Store { get; init; } = new();

    /// <summary>How suspects are judged.</summary>
    public VerificationSettings Verification { get; init; } = new();

    /// <summary>The watch list.</summary>
    public IReadOnlyList<SuspectSettings> Suspects { get; init; } = [];

    /// <summary>Which reports are written.</summary>
    public ReportSettings Reports { get; init; } = new();

    /// <summary>Where issues are opened.</summary>
    public GitHubSettings GitHub { get; init; } = new();
}

/// <summary>A model to protect.</summary>
public sealed record ModelSettings
{
    /// <summary>Its name in the store.</summary>
    public required string Name { get; init; }

    /// <summary>The released version; 1.0.0 if null.</summary>
    public string? Version { get; init; }

    /// <summary>The released version, said or not.</summary>
    [JsonIgnore]
    public string ReleasedVersion => Version ?? "1.0.0";

    /// <summary>The TorchScript file.</summary>
    public required string Path { get; init; }

    /// <summary>"classification", "regression", "generation", "embedding" or "ranking".</summary>
    public string? Task { get; init; }

    /// <summary>What the model takes.</summary>
    public ModelInputSettings Input { get; init; } = new();

    /// <summary>What it was trained on.</summary>
    public required DataSettings Data { get; init; }

    /// <summary>The last layer, where it is not found.</summary>
    public string? LastLayer { get; init; }

    /// <summary>A generator's discriminator, a TorchScript file; one is trained if null.</summary>
    public string? Discriminator { get; init; }
}

/// <summary>What a model takes.</summary>
public sealed record ModelInputSettings
{
    /// <summary>The shape of one example; the data's if null.</summary>
    public IReadOnlyList<int>? Shape { get; init; }

    /// <summary>[C, H, W] where flat inputs are images.</summary>
    public IReadOnlyList<int>? ImageShape { get; init; }
}

/// <summary>A model's data and how it is read.</summary>
public sealed record DataSettings
{
    /// <summary>The owner's data.</summary>
    public required string Path { get; init; }

    /// <summary>Data of a similar domain.</summary>
    public string? Public { get; init; }

    /// <summary>Data of other domains.</summary>
    public IReadOnlyList<string> Irrelevant { get; init; } = [];

    /// <summary>The label's column by name or position.</summary>
    public string? Label { get; init; }

    /// <summary>The file that holds the labels.</summary>
    public string? LabelFile { get; init; }

    /// <summary>Leading columns to drop, at least 0.</summary>
    public int? SkipColumns { get; init; }

    /// <summary>Ranking: the column that names a row's query, by name or position.</summary>
    public string? QueryColumn { get; init; }

    /// <summary>Whether the first row has names.</summary>
    public bool? Header { get; init; }

    /// <summary>One character, or "tab".</summary>
    public string? Delimiter { get; init; }

    /// <summary>Labels are divided by it; not 0.</summary>
    public double? LabelScale { get; init; }

    /// <summary>Inputs are divided by it; not 0.</summary>
    public double? Scale { get; init; }

    /// <summary>NPZ: the names of the arrays of inputs and labels.</summary>
    public string? Arrays { get; init; }
}

/// <summary>Stage 1.</summary>
public sealed record EnsembleSettings
{
    /// <summary>"quick", "standard" or "paper".</summary>
    public string? Profile { get; init; }

    /// <summary>Architectures of students and independent models.</summary>
    public IReadOnlyList<string> Architectures { get; init; } = [];

    /// <summary>Epochs from scratch, at least 1.</summary>
    public int? Epochs { get; init; }

    /// <summary>"outputs" or "annealed".</summary>
    public string? Distillation { get; init; }

    /// <summary>Models known to be independent (TorchScript files).</summary>
    public IReadOnlyList<string> Negatives { get; init; } = [];

    /// <summary>The ensemble's folder.</summary>
    public string? Folder { get; init; }
}

/// <summary>Stage 2.</summary>
public sealed record FingerprintSettings
{
    /// <summary>N, from 1 to 100000.</summary>
    public int? Examples { get; init; }

    /// <summary>"batched" or "paper".</summary>
    public string? Schedule { get; init; }

    /// <summary>Steps of the fingerprint, at least 1.</summary>
    public int? Iterations { get; init; }

    /// <summary>Adam's for the fingerprint, above 0.</summary>
    public double? InputLearningRate { get; init; }

    /// <summary>Adam's for the meta-verifier, above 0.</summary>
    public double? VerifierLearningRate { get; init; }

    /// <summary>Weights of the objective's three terms: target, positives, negatives.</summary>
    public IReadOnlyList<double>? Weights { get; init; }

    /// <summary>"auto" or "full".</summary>
    public string? Precision { get; init; }

    /// <summary>ρ in (0, 1).</summary>
    public double? Threshold { get; init; }

    /// <summary>Share held out, in (0, 1).</summary>
    public double? TestFraction { get; init; }

    /// <summary>Share of the rest on which choices are made, in (0, 1).</summary>
    public double? ValidationFraction { get; init; }

    /// <summary>Source of all random numbers.</summary>
    public ulong? Seed { get; init; }
}

/// <summary>Where pairs are kept.</summary>
public sealed record StoreSettings
{
    /// <summary><c>folder:PATH</c> or <c>azblob:…</c>.</summary>
    public string? Address { get; init; }

    /// <summary>The key that pairs are encrypted with at rest: 32 bytes in base64.</summary>
    public Secret? EncryptionKey { get; init; }
}

/// <summary>How suspects are judged.</summary>
public sealed record VerificationSettings
{
    /// <summary>The largest p-value that counts as piracy, in (0, 1).</summary>
    public double? Significance { get; init; }

    /// <summary>The folder for verdicts and transcripts; <c>.utaf/evidence</c> if null.</summary>
    public string? Evidence { get; init; }
}

/// <summary>Which reports <c>verify</c> and <c>watch</c> write.</summary>
public sealed record ReportSettings
{
    /// <summary>Their folder; <c>.utaf/reports</c> if null.</summary>
    public string? Folder { get; init; }

    /// <summary>Any of "text", "json", "markdown", "sarif", "html".</summary>
    public IReadOnlyList<string> Formats { get; init; } = [];
}

/// <summary>Where issues are opened.</summary>
public sealed record GitHubSettings
{
    /// <summary>OWNER/REPO; null: no issue is opened.</summary>
    public string? Repository { get; init; }

    /// <summary>The token; <c>GITHUB_TOKEN</c> if null.</summary>
    public Secret? Token { get; init; }

    /// <summary>The API's address; <c>GITHUB_API_URL</c>, or GitHub's own, if null.</summary>
    public string? ApiUrl { get; init; }

    /// <summary>Labels of an opened issue, made where they are missing; by the first it is found again. "model-piracy" if there is none.</summary>
    public IReadOnlyList<string> Labels { get; init; } = ["model-piracy"];

    /// <summary>The file of the text; the tool's own if null.</summary>
    public string? Template { get; init; }

    /// <summary>Who is assigned to an opened issue.</summary>
    public IReadOnlyList<string> Assignees { get; init; } = [];
}
