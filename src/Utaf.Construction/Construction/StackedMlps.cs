using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>Perceptrons of one shape, stacked along a leading dimension K: one batched product per layer instead of K small ones.</summary>
internal sealed class StackedMlps : MemberGroup
{
    // Up to so many members are passed through one by one: gathering their weights would take longer.
    private const int Few = 3;

    private readonly LearningTask task;
    private readonly OutputForm form;
    private readonly List<(Tensor Weight, Tensor Bias)> layers = [];
    private readonly LoneMlp[] alone;

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
            var weight = stack([.. members.Select(member => member.Layers[i].Weight)], i == 0 ? 1 : 0).DetachFromDisposeScope();
            var bias = stack([.. members.Select(member => member.Layers[i].Bias)], 0).DetachFromDisposeScope();
            layers.Add((weight, bias));
        }

        alone = [.. Enumerable.Range(0, members.Count).Select(index => new LoneMlp(layers, index))];
        foreach (var (weight, bias) in members.SelectMany(member => member.Layers))
        {
            weight.Dispose();
            bias.Dispose();
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<int> Places { get; }

    /// <inheritdoc/>
    public override Tensor Outputs(Tensor inputs, int[]? indices, ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var outputs = indices is [var only] ? alone[only].Outputs(inputs)?.unsqueeze(0) : null;
        return Products(outputs ?? Forward(Chosen(indices), inputs)[^1]).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override GroupPass Pass(Tensor inputs, int[]? indices, PassTerms terms)
    {
        // Few numbers, and so always kept; the way back is a handful of products, for which torch's graph is a detour.
        if (indices is { Length: <= Few })
        {
            GroupPass[] passes = [.. indices.Select(index => alone[index].Pass(inputs, outputs => Served(outputs)))];
            return passes is [var only] ? only : new(cat([.. passes.Select(pass => pass.Answers)], 0), gradient => Sum(passes, gradient));
        }

        var weights = Chosen(indices);
        List<Tensor> seen;
        using (no_grad())
        {
            seen = Forward(weights, inputs);
        }

        var served = Served(seen[^1]);
        return new(served.Answers.view(seen[^1].shape[0], -1), gradient => Backward(weights, seen, served.Gradient(gradient.view(seen[^1].shape)), inputs));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (var member in alone)
        {
            member.Dispose();
        }

        foreach (var (weight, bias) in layers)
        {
            weight.Dispose();
            bias.Dispose();
        }
    }

    /// <summary>The layers of some members: the first layer's weight [in, members, out], others' [members, in, out], biases [members, 1, out].</summary>
    private List<(Tensor Weight, Tensor Bias)> Chosen(int[]? indices)
    {
        if (indices is null)
        {
            return layers;
        }

        var chosen = tensor(indices.Select(index => (long)index).ToArray(), device: layers[0].Weight.device);
        return [.. layers.Select((layer, i) => (layer.Weight.index_select(i == 0 ? 1 : 0, chosen), layer.Bias.index_select(0, chosen)))];
    }

    /// <summary>What each layer after the first is given, [members, N, width], and the outputs, [members, N, out].</summary>
    private static List<Tensor> Forward(List<(Tensor Weight, Tensor Bias)> weights, Tensor inputs)
    {
        // All share the inputs, so the first layer is one product of [N, in] and [in, members·out].
        var (weight, bias) = weights[0];
        var signal = addmm(bias.flatten(), inputs.flatten(1), weight.flatten(1), 1, 1).view(inputs.shape[0], weight.shape[1], -1).transpose(0, 1);
        var seen = new List<Tensor> { signal };
        foreach (var (next, shift) in weights.Skip(1))
        {
            signal = signal.relu_().bmm(next).add_(shift);
            seen.Add(signal);
        }

        return seen;
    }

    /// <summary>The gradient of the inputs, [N, input…].</summary>
    private static Tensor Backward(List<(Tensor Weight, Tensor Bias)> weights, List<Tensor> seen, Tensor gradient, Tensor inputs)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        for (var layer = weights.Count - 1; layer > 0; layer--)
        {
            // ReLU passes the gradient on where it let the signal through.
            gradient = gradient.bmm(weights[layer].Weight.transpose(1, 2)).mul_(seen[layer - 1].sign());
        }

        var first = weights[0].Weight.flatten(1);
        return gradient.transpose(0, 1).reshape(inputs.shape[0], -1).mm(first.t()).view(inputs.shape).MoveToOuterDisposeScope();
    }

    private static Tensor Sum(GroupPass[] passes, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        var sum = passes[0].Gradient(gradient.narrow(0, 0, 1));
        for (var i = 1; i < passes.Length; i++)
        {
            sum.add_(passes[i].Gradient(gradient.narrow(0, i, 1)));
        }

        return sum.MoveToOuterDisposeScope();
    }

    /// <summary>Outputs as an API would serve them, of the same shape, and the way back.</summary>
    /// <param name="outputs">[…, out], without a graph.</param>
    private GroupPass Served(Tensor outputs)
    {
        if (task.ServesAsIs(form))
        {
            return new(outputs.contiguous(), gradient => gradient);
        }

        var leaf = outputs.detach().requires_grad_();
        var products = task.Product(leaf.reshape(-1, outputs.shape[^1]), form).view(outputs.shape);
        return new(products.detach(), gradient =>
        {
            products.backward([gradient]);
            return leaf.grad!;
        });
    }

    private Tensor Products(Tensor outputs)
    {
        using var scope = NewDisposeScope();
        var (members, examples) = (outputs.shape[0], outputs.shape[1]);
        return task.Product(outputs.reshape(members * examples, -1), form).view(members, -1).MoveToOuterDisposeScope();
    }
}
