using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>A member of any architecture, by itself.</summary>
internal sealed class SingleMember(int place, Network network, LearningTask task) : MemberGroup
{
    /// <inheritdoc/>
    public override IReadOnlyList<int> Places { get; } = [place];

    /// <inheritdoc/>
    public override Tensor Outputs(Tensor inputs, int[]? indices)
    {
        using var scope = NewDisposeScope();
        var outputs = network.Forward(inputs).flatten(1);
        return task.Product(outputs, network.Form).reshape(1, -1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => network.Dispose();
}
