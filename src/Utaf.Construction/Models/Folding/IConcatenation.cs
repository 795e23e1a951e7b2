using static TorchSharp.torch;

namespace Utaf.Models.Folding;

/// <summary>A block that returns what its branches make of entry(x), side by side along the channels.</summary>
internal interface IConcatenation
{
    /// <summary>The layers before the branches; none: the input itself.</summary>
    public IReadOnlyList<nn.Module> Entry { get; }

    /// <summary>The layers of each branch; none: its input.</summary>
    public IReadOnlyList<IReadOnlyList<nn.Module>> Branches { get; }
}
