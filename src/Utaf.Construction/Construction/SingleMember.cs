using Utaf.Models;
using Utaf.Models.Folding;
using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>A member of any architecture, by itself.</summary>
/// <param name="place">Its place in the list.</param>
/// <param name="network">Its network, which computes with the given type where it can; not the member's to dispose.</param>
/// <param name="task">What turns outputs into products.</param>
internal sealed class SingleMember(int place, Func<ScalarType, FrozenNetwork> network, LearningTask task) : MemberGroup
{
    /// <inheritdoc/>
    public override IReadOnlyList<int> Places { get; } = [place];

    /// <inheritdoc/>
    public override Tensor Outputs(Tensor inputs, int[]? indices, ScalarType type)
    {
        using var noGradient = no_grad();
        return Products(network(type), inputs);
    }

    /// <inheritdoc/>
    public override GroupPass Pass(Tensor inputs, int[]? indices, PassTerms terms)
    {
        var chosen = network(terms.Type);
        if (terms.MayKeep(chosen.GraphBytes(inputs)))
        {
            var leaf = inputs.detach().requires_grad_();
            var products = Products(chosen, leaf);
            return new(products.detach(), gradient => Back(products, leaf, gradient));
        }

        using var noGradient = no_grad();
        return new(Products(chosen, inputs), gradient =>
        {
            using var scope = NewDisposeScope();
            var leaf = inputs.detach().requires_grad_();
            return Back(Products(network(terms.Type), leaf), leaf, gradient).MoveToOuterDisposeScope();
        });
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
    }

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
