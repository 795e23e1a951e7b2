using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Utaf.Models;

namespace Utaf.Ensembles;

/// <summary>
/// Names honest members by all that determines their weights: where two plans give a member the same key, it is the same member,
/// and whichever is built first serves both.
/// </summary>
/// <remarks>
/// As for a plan's hash, machine, device and threads do not count: they change last bits. The target's weights are nowhere among
/// what is read, but where its outputs' scale is given to the zoo's networks: then the target's digest stands for the scale, whose
/// last bits are a machine's. Of its architecture everything else is read.
/// </remarks>
internal sealed class MemberKeys
{
    private readonly ArchitectureContext context;
    private readonly LearningTask task;
    private readonly EnsembleData data;
    private readonly IReadOnlyList<string> dataSha256;
    private readonly ulong seed;
    private readonly string probe;
    private readonly string scaling;
    private readonly string? targetArchitecture;

    /// <param name="context">The target, and the scale that networks from scratch have built in.</param>
    /// <param name="task">What the target was trained to do.</param>
    /// <param name="data">The data of Stage 1.</param>
    /// <param name="dataSha256">Its digests: the owner's, the public and the irrelevant tables.</param>
    /// <param name="seed">The plan's.</param>
    public MemberKeys(ArchitectureContext context, LearningTask task, EnsembleData data, IReadOnlyList<string> dataSha256, ulong seed)
    {
        (this.context, this.task, this.data, this.dataSha256, this.seed) = (context, task, data, dataSha256, seed);

        // The owner's first inputs tell which networks are perceptrons, and those are trained in a way of their own.
        var tried = data.Owner.ExampleSize * Math.Min(Workshop.ProbeSize, data.Owner.Count);
        probe = Digest(data.Owner.Inputs.AsSpan(0, tried));
        var scale = context.Scaling;
        scaling = task.ScaleIsTheTargets
            ? $"{Digest(scale.InputMean)}{Digest(scale.InputDeviation)}{context.Target.ArtifactSha256}"
            : string.Concat(((float[][])[scale.InputMean, scale.InputDeviation, scale.OutputMean, scale.OutputDeviation]).Select(numbers => Digest(numbers)));
        targetArchitecture = context.Target.ArchitectureSha256();
    }

    /// <summary>A member's key, 64 hexadecimal digits; null where it cannot be shared.</summary>
    public string? Of(Member member)
    {
        if (member is not { Stolen: false, Recipe: IndependentTraining recipe } || NetworkOf(recipe) is not { } network)
        {
            return null;
        }

        var origin = new Origin(
            EnsemblePlan.CurrentFormat,
            seed,
            member.Id,
            recipe,
            task.Name,
            context.Signature.InputShape,
            context.Signature.OutputWidth,
            context.ImageShape ?? context.SampleShape,
            network,
            DataOf(recipe),
            probe);
        return Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(origin, EnsemblePlan.Json)));
    }

    /// <summary>What the network has before its training, besides random numbers.</summary>
    private string? NetworkOf(IndependentTraining recipe) => recipe.Architecture is not TargetArchitecture
        ? scaling
        : targetArchitecture is { } sha256 ? $"{sha256} {context.Target.Form}" : null;

    private string DataOf(IndependentTraining recipe) => recipe.Source switch
    {
        DataSource.Owner => dataSha256[0],
        DataSource.Public => dataSha256[1],
        _ => recipe.IrrelevantTable(data) is { } table ? dataSha256[2 + table] : $"random rule on {dataSha256[1]}",
    };

    private static string Digest(ReadOnlySpan<float> numbers) => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(numbers)));

    private sealed record Origin(
        int FormatVersion,
        ulong Seed,
        string Id,
        Recipe Recipe,
        string Task,
        int[] InputShape,
        int OutputWidth,
        int[]? ImageShape,
        string Network,
        string Data,
        string Probe);
}
