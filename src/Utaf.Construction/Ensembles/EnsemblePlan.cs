using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Utaf.Models;
using Utaf.Torch;

namespace Utaf.Ensembles;

/// <summary>
/// Everything that decides what the ensemble will be: it can be printed before anything is built, and its hash names
/// the ensemble's folder.
/// </summary>
/// <param name="FormatVersion">Changes whenever the same recipes would give other weights.</param>
/// <param name="Profile">The profile's name.</param>
/// <param name="Seed">With a member's id, the source of its random numbers.</param>
/// <param name="Task">What the target was trained to do.</param>
/// <param name="TargetSha256">The target artifact's digest.</param>
/// <param name="InputShape">The inputs' shape per example.</param>
/// <param name="OutputWidth">Numbers per output.</param>
/// <param name="DataSha256">Digests of the owner's, the public and the irrelevant tables, and of a generator's discriminator where it was given.</param>
/// <param name="ImageShape">[C, H, W] when the inputs, or a generator's samples, are images.</param>
/// <param name="LastLayer">The last layer, where the user named it.</param>
/// <param name="Members">In the order in which they are built: a chain comes after the member it starts from.</param>
public sealed record EnsemblePlan(
    int FormatVersion,
    string Profile,
    ulong Seed,
    string Task,
    string TargetSha256,
    int[] InputShape,
    int OutputWidth,
    IReadOnlyList<string> DataSha256,
    int[]? ImageShape,
    string? LastLayer,
    IReadOnlyList<Member> Members)
{
    /// <summary>How plans and members are written.</summary>
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    internal const int CurrentFormat = 6;

    /// <summary>Plans an ensemble.</summary>
    /// <param name="target">The owner's model.</param>
    /// <param name="task">What it was trained to do.</param>
    /// <param name="data">The data of Stage 1.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="profile"><c>quick</c>, <c>standard</c> or <c>paper</c>.</param>
    /// <param name="options">What the user chose.</param>
    /// <exception cref="UtafException">UTAF1001: no such profile or architecture; UTAF11xx: a listed model that cannot be read.</exception>
    public static EnsemblePlan Make(TargetModel target, LearningTask task, EnsembleData data, ulong seed, string profile, EnsembleOptions options)
    {
        if (options.Annealed && !task.TargetsAreOutputs)
        {
            throw Errors.BadOption("--distillation", "annealed", $"outputs: the students of a model of --task {task.Name} have no targets of the data that are outputs; only those of --task regression do");
        }

        var context = Workshop.ContextOf(target, task, data);
        var architectures = options.Architectures is { } names ? Zoo.Parse(names, context) : Zoo.For(context);
        var length = TrainingLength.For(profile, data.Owner.Count, options.Epochs, task.LearningRate, task.DrawsInputs, options.StudentEpochs);
        length = task.DrawsInputs ? length.WithDrawnInputs(data.Public.Count) : length;
        var composition = new Composition(architectures, FilterPruningApplies(target), Zoo.Contains(architectures, context), length, options.Annealed, task.HasPerturbedCopies);
        string[] digests = [data.Owner.Sha256(), data.Public.Sha256(), .. data.Irrelevant.Select(table => table.Sha256()), .. data.Discriminator is { } discriminator ? (string[])[discriminator.Sha256] : []];
        var keys = new MemberKeys(context, task, data, digests, seed);
        Member[] members =
        [
            .. composition.Members(profile).Select(member => member with { Key = keys.Of(member) }),
            .. options.ListedNegatives.Select(ListedModel.From).DistinctBy(recipe => recipe.Id).Select(recipe => new Member(recipe.Id, Stolen: false, Parent: null, recipe)),
        ];

        return new(
            CurrentFormat,
            profile,
            seed,
            task.Name,
            target.ArtifactSha256,
            target.Signature.InputShape,
            target.Signature.OutputWidth,
            digests,
            data.ImageShape ?? data.SampleShape,
            target.Network.LastLayer,
            members);
    }

    /// <summary>The plan as a document.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>SHA-256 of the plan, hexadecimal. Where a listed model lies does not count, only what it is.</summary>
    public string Hash()
    {
        var members = Members.Select(member => member.Recipe is ListedModel listed ? member with { Recipe = listed with { Path = "" } } : member);
        return Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this with { Members = [.. members] }, Json)));
    }

    /// <summary>A member's architecture: chains inherit it from the member they start from.</summary>
    public Architecture ArchitectureOf(Member member)
    {
        var parent = member.Parent is { } id ? ArchitectureOf(Members.First(other => other.Id == id)) : new TargetArchitecture();
        return member.Recipe.ArchitectureAfter(parent);
    }

    /// <summary>The member that a member's line of descent starts with: chains share it with the member they start from.</summary>
    public string Lineage(Member member)
    {
        var byId = Members.ToDictionary(other => other.Id);
        while (member.Parent is { } parent)
        {
            member = byId[parent];
        }

        return member.Id;
    }

    /// <summary>Whether a member is only learned from, and so are all that are made from it: no choice is made by them, and no result is of them.</summary>
    public bool IsForTrainingAlone(Member member) =>
        Members.First(other => other.Id == Lineage(member)) is { ForTrainingAlone: true } or { Recipe.ForTrainingAlone: true };

    /// <summary>Tries the listed models: they cost nothing, and one that does not fit is not to be found out after hours.</summary>
    /// <exception cref="UtafException">UTAF11xx, UTAF1403, UTAF1404: it cannot be a member; UTAF1407: it is the target.</exception>
    public void CheckListed(TargetModel target, LearningTask task, EnsembleData data)
    {
        var context = Workshop.ContextOf(target, task, data);
        var own = target.Network.WeightsSha256();
        foreach (var listed in Members.Select(member => member.Recipe).OfType<ListedModel>())
        {
            using var network = new ListedArchitecture(listed.Path, listed.Sha256).Build(context, new SeededRandom(Seed, listed.Id));
            if (network.WeightsSha256() == own)
            {
                throw Errors.ListedTarget(listed.Path);
            }
        }
    }

    private static bool FilterPruningApplies(TargetModel target) => Obfuscations.FilterPruning.Convolutions(target.Network).Any();
}

/// <summary>What the user may choose about an ensemble.</summary>
/// <param name="Architectures">Names of the zoo, separated by commas; null for those that fit the task.</param>
/// <param name="Epochs">Epochs of training from scratch, and of distillation where <see cref="StudentEpochs"/> says nothing else; null to choose by the amount of data.</param>
/// <param name="ListedNegatives">TorchScript files of models that are known to be independent.</param>
public sealed record EnsembleOptions(string? Architectures, int? Epochs, IReadOnlyList<string> ListedNegatives)
{
    /// <summary>Whether a regressor's students learn the target's outputs at first and the data's targets at last; otherwise its outputs alone.</summary>
    public bool Annealed { get; init; }

    /// <summary>Epochs of distillation, at least 1; null for as many as from scratch.</summary>
    public int? StudentEpochs { get; init; }

    /// <summary>Everything by default.</summary>
    public static EnsembleOptions Default { get; } = new(null, null, []);
}
