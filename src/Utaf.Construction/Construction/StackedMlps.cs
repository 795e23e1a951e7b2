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
            // [K, in, out] and [K, 1, out]; the first layer, whose inputs all share, side by side: [in, K·out] and [K·out].
            var weight = stack([.. members.Select(member => member.Layers[i].Weight)], i == 0 ? 1 : 0);
            var bias = stack([.. members.Select(member => member.Layers[i].Bias)], 0);
            layers.Add(i == 0 ? (weight.flatten(1).contiguous(), bias.flatten()) : (weight, bias));
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
    public override Tensor Outputs(Tensor inputs)
    {
        using var scope = NewDisposeScope();
        var (examples, members) = (inputs.shape[0], Places.Count);
        var (firstWeight, firstBias) = layers[0];
        var hidden = addmm(firstBias, inputs.flatten(1), firstWeight, 1, 1).view(examples, members, -1).transpose(0, 1);
        foreach (var (weight, bias) in layers.Skip(1))
        {
            hidden = hidden.relu().bmm(weight).add_(bias);
        }

        return task.Product(hidden.reshape(members * examples, -1), form).view(members, -1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor OutputsOf(int index, Tensor inputs)
    {
        using var scope = NewDisposeScope();
        var (firstWeight, firstBias) = layers[0];
        var width = firstBias.shape[0] / Places.Count;
        var hidden = addmm(firstBias.narrow(0, index * width, width), inputs.flatten(1), firstWeight.narrow(1, index * width, width), 1, 1);
        foreach (var (weight, bias) in layers.Skip(1))
        {
            hidden = addmm(bias[index], hidden.relu(), weight[index], 1, 1);
        }

        return task.Product(hidden, form).view(1, -1).MoveToOuterDisposeScope();
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
