using System.Globalization;
using System.Text.Json.Serialization;
using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Obfuscations;

/// <summary>Which weights go first.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PruningCriterion>))]
public enum PruningCriterion
{
    /// <summary>Those of the smallest absolute value.</summary>
    L1,

    /// <summary>Any.</summary>
    Random,
}

/// <summary>What is compared with what.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PruningScope>))]
public enum PruningScope
{
    /// <summary>All weights of the network.</summary>
    Global,

    /// <summary>The weights of each layer among themselves.</summary>
    PerLayer,
}

/// <summary>Zeroes a fraction of the weights (Han et al. 2015), and may train the rest to recover.</summary>
/// <param name="Ratio">Fraction of weights removed, in (0, 1).</param>
/// <param name="Scope">What is compared with what.</param>
/// <param name="Criterion">Which weights go first.</param>
/// <param name="Recovery">Training afterwards on public data; pruned weights stay zero. Zero epochs for none.</param>
public sealed record WeightPruning(double Ratio, PruningScope Scope, PruningCriterion Criterion, TrainingSettings Recovery) : Obfuscation
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Id => string.Create(CultureInfo.InvariantCulture, $"weight-pruning-{Ratio:0.00}-{Scope}-{Criterion}-{Recovery.Epochs}").ToLowerInvariant();

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Family => "weight-pruning";

    /// <inheritdoc/>
    [JsonIgnore]
    public override TrainingEffort? Effort => TrainingEffort.OnPublicData("pruned", Recovery);

    /// <inheritdoc/>
    protected override MemberDraft Apply(Network stolen, MemberContext context)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();

        // Biases stay: they are few, and zeroing them costs accuracy that a thief would want to keep.
        var weights = stolen.Parameters.Where(parameter => parameter.IsWeight).ToList();
        var masks = Masks(weights, context);
        foreach (var (weight, mask) in weights.Zip(masks))
        {
            weight.Tensor.mul_(mask);
            mask.DetachFromDisposeScope();
        }

        return context.OnPublicData(stolen, stolen.Parameters, Recovery, [.. weights.Zip(masks)]);
    }

    private List<Tensor> Masks(List<NamedTensor> weights, MemberContext context)
    {
        var importance = weights
            .Select(weight => Criterion == PruningCriterion.L1
                ? weight.Tensor.abs()
                : context.Random.Uniform(weight.Tensor.shape, 1).to(weight.Tensor.device).abs())
            .ToList();
        if (Scope == PruningScope.PerLayer)
        {
            return [.. importance.Select(scores => PruningMask.Keep(scores, Removed(scores)))];
        }

        var all = cat([.. importance.Select(scores => scores.flatten())]);
        var parts = PruningMask.Keep(all, Removed(all)).split([.. importance.Select(scores => scores.numel())]);
        return [.. parts.Zip(importance, (part, scores) => part.view(scores.shape))];
    }

    private long Removed(Tensor scores) => Math.Max(1, (long)Math.Round(Ratio * scores.numel()));
}
