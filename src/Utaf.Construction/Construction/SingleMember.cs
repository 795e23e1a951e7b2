using Utaf.Models;
using Utaf.Models.Folding;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>A member of any architecture, by itself.</summary>
/// <param name="place">Its place in the list.</param>
/// <param name="network">Its network, which computes as it is told where it can; not the member's to dispose.</param>
/// <param name="task">What turns outputs into products.</param>
internal sealed class SingleMember(int place, Func<FoldingTerms, FrozenNetwork> network, LearningTask task) : MemberGroup
{
    /// <inheritdoc/>
    public override IReadOnlyList<int> Places { get; } = [place];

    /// <inheritdoc/>
    public override Tensor Outputs(Tensor inputs, int[]? indices, ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var chosen = Network(type, inputs);
        var parts = Parts(chosen, inputs);
        return cat(SideBySide.Run(parts.Count, part => Products(chosen, parts[part])), 1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override GroupPass Pass(Tensor inputs, int[]? indices, PassTerms terms)
    {
        var chosen = Network(terms.Type, inputs);
        if (!terms.MayKeep(chosen.GraphBytes(inputs)))
        {
            return new(Outputs(inputs, indices, terms.Type), gradient => Again(inputs, terms.Type, gradient));
        }

        var leaves = Leaves(chosen, inputs);
        var products = SideBySide.Run(leaves.Length, part => Products(chosen, leaves[part]));
        return new(cat([.. products.Select(part => part.detach())], 1), gradient =>
        {
            using var scope = NewDisposeScope();
            var slopes = gradient.split([.. products.Select(part => part.shape[1])], 1);
            var ofInputs = cat(SideBySide.Run(leaves.Length, part => Back(products[part], leaves[part], slopes[part])));

            // The graphs go at once, not when the scope ends; here, because a scope is its own thread's.
            Array.ForEach(products, part => part.Dispose());
            return ofInputs.MoveToOuterDisposeScope();
        });
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
    }

    /// <summary>Winograd's convolutions keep to one thread: where a part has several, torch's use them.</summary>
    private FrozenNetwork Network(ScalarType type, Tensor inputs) => network(new(type, SideBySide.Fills(inputs.shape[0])));

    /// <summary>Forward once more, and back.</summary>
    private Tensor Again(Tensor inputs, ScalarType type, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        var chosen = Network(type, inputs);
        var leaves = Leaves(chosen, inputs);
        var width = gradient.shape[1] / inputs.shape[0];
        var slopes = gradient.split([.. leaves.Select(leaf => leaf.shape[0] * width)], 1);
        return cat(SideBySide.Run(leaves.Length, part => Back(Products(chosen, leaves[part]), leaves[part], slopes[part]))).MoveToOuterDisposeScope();
    }

    private static IReadOnlyList<Tensor> Parts(FrozenNetwork frozen, Tensor inputs) => frozen is FoldedNetwork ? SideBySide.Parts(inputs) : [inputs];

    private static Tensor[] Leaves(FrozenNetwork frozen, Tensor inputs) => [.. Parts(frozen, inputs).Select(part => part.detach().requires_grad_())];

    private static Tensor Back(Tensor products, Tensor leaf, Tensor gradient)
    {
        products.backward([gradient]);
        return leaf.grad!;
    }

    private Tensor Products(FrozenNetwork frozen, Tensor inputs)
    {
        using var scope = NewDisposeScope();
        return task.Product(frozen.Forward(inputs), frozen.Form).reshape(1, -1).MoveToOuterDisposeScope();
    }
}
