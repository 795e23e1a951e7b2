using System.Globalization;
using System.Text.Json.Serialization;
using Utaf.Models;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Obfuscations;

/// <summary>Removes whole filters of each convolution (Li et al. 2017), and may train the rest to recover.</summary>
/// <param name="Ratio">Fraction of each convolution's filters removed, in (0, 1); at least one filter stays.</param>
/// <param name="Criterion">Which filters go first: those of the smallest L1 norm, or any.</param>
/// <param name="Recovery">Training afterwards on public data; removed filters stay zero. Zero epochs for none.</param>
public sealed record FilterPruning(double Ratio, PruningCriterion Criterion, TrainingSettings Recovery) : Obfuscation
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Id => string.Create(CultureInfo.InvariantCulture, $"filter-pruning-{Ratio:0.0000}-{Criterion}-{Recovery.Epochs}").ToLowerInvariant();

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Family => "filter-pruning";

    /// <inheritdoc/>
    [JsonIgnore]
    public override TrainingEffort? Effort => TrainingEffort.OnPublicData("filters pruned", Recovery);

    /// <inheritdoc/>
    protected override MemberDraft Apply(Network stolen, MemberContext context)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();

        // A removed filter takes its bias and its batch norm's channel with it: the channel is gone, not constant.
        var kept = Kept(stolen, Ratio, Criterion, context.Random);
        foreach (var (parameter, keep) in kept)
        {
            parameter.Tensor.mul_(keep);
            keep.DetachFromDisposeScope();
        }

        return context.OnPublicData(stolen, stolen.Parameters, Recovery, kept);
    }

    /// <summary>The kernels of the network's convolutions: [filters, channels, …], or [channels, filters, …] of transposed ones, with at least one spatial dimension.</summary>
    public static IEnumerable<NamedTensor> Convolutions(Network network) => network.Parameters.Where(parameter => parameter.Tensor.dim() >= 3);

    /// <summary>What pruning leaves: ones and zeros for each parameter of which it removes something.</summary>
    internal static IReadOnlyList<(NamedTensor Parameter, Tensor Keep)> Kept(Network stolen, double ratio, PruningCriterion criterion, SeededRandom random) =>
        [.. Prunable(stolen).SelectMany(kernels => Removals(stolen, kernels, ratio, criterion, random))];

    // The filters of a last convolution, as SqueezeNet has, are the outputs, and stay.
    private static IEnumerable<NamedTensor> Prunable(Network stolen)
    {
        var last = stolen.Parameters.LastOrDefault(parameter => parameter.IsWeight);
        return Convolutions(stolen).Where(kernels => kernels != last);
    }

    private static IEnumerable<(NamedTensor Parameter, Tensor Keep)> Removals(Network stolen, NamedTensor kernels, double ratio, PruningCriterion criterion, SeededRandom random)
    {
        var axis = kernels.OutputAxis;
        var filters = kernels.Tensor.shape[axis];
        var removed = Math.Min(filters - 1, (long)Math.Round(ratio * filters));
        if (removed == 0)
        {
            yield break;
        }

        var importance = criterion == PruningCriterion.L1
            ? kernels.Tensor.abs().transpose(0, axis).flatten(1).sum(1)
            : random.Uniform([filters], 1).to(kernels.Tensor.device);
        var keep = PruningMask.Keep(importance, removed).to_type(kernels.Tensor.dtype);
        var channel = stolen.Parameters
            .Where(parameter => parameter.Layer == kernels.Layer && parameter != kernels)
            .Concat(Layers.NormAfter(stolen, kernels))
            .Where(parameter => parameter.Tensor.dim() == 1 && parameter.Tensor.shape[0] == filters);

        yield return (kernels, keep.view([.. Enumerable.Range(0, (int)kernels.Tensor.dim()).Select(i => i == axis ? filters : 1)]));
        foreach (var parameter in channel)
        {
            yield return (parameter, keep.alias());
        }
    }
}
