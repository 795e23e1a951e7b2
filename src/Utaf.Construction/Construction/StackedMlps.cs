using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>Perceptrons of one shape, stacked along a leading dimension K: one batched product per layer instead of K small ones.</summary>
internal sealed class StackedMlps : MemberGroup
{
    private readonly LearningTask task;
    private readonly OutputForm form;
    private readonly List<(Tensor Weight, Tensor Bias)> layers = [];

    /// <param name="places">The members' places, [K].</param>
    /// <param name="members">Their weights, of one shape and form; freed here.</param>
    /// <param name="task">What turns outputs into products.</param>
    public StackedMlps(IReadOnlyList<int> places, IReadOnlyList<MlpWeights> members, LearningTask task)
    {
        Places = places;
        this.task = task;
        form = members[0].Form;
        for (var i = 0; i < members[0].Layers.Count; i++)
        {
            // [K, in, out] and [K, 1, out]; the first layer, which all members enter side by side: [in, K, out].
            var weight = stack([.. members.Select(member => member.Layers[i].Weight)], i == 0 ? 1 : 0);
            var bias = stack([.. members.Select(member => member.Layers[i].Bias)], 0);
            layers.Add((weight, bias));
        }

        foreach (var (weight, bias) in members.SelectMany(member => member.Layers))
        {
            weight.Dispose();
            bias.Dispose();
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<int> Places { get; }

    /// <inheritdoc/>
    public override Tensor Outputs(Tensor inputs, int[]? indices)
    {
        using var scope = NewDisposeScope();
        var members = indices?.Length ?? Places.Count;
        var chosen = indices is null ? null : tensor(indices.Select(index => (long)index).ToArray(), device: inputs.device);

        // All share the inputs, so the first layer is one product of [N, in] and [in, members·out].
        var (weight, bias) = (Chosen(layers[0].Weight, 1), Chosen(layers[0].Bias, 0));
        var hidden = addmm(bias.flatten(), inputs.flatten(1), weight.flatten(1), 1, 1).view(inputs.shape[0], members, -1).transpose(0, 1);
        foreach (var layer in layers.Skip(1))
        {
            hidden = hidden.relu().bmm(Chosen(layer.Weight, 0)).add_(Chosen(layer.Bias, 0));
        }

        return task.Product(hidden.reshape(members * inputs.shape[0], -1), form).view(members, -1).MoveToOuterDisposeScope();

        Tensor Chosen(Tensor stacked, long dimension) => chosen is null ? stacked : stacked.index_select(dimension, chosen);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (var (weight, bias) in layers)
        {
            weight.Dispose();
            bias.Dispose();
        }
    }
}
