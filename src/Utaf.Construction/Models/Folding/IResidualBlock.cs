using static TorchSharp.torch;

namespace Utaf.Models.Folding;

/// <summary>A block that returns ReLU(body(x) + shortcut(x)).</summary>
internal interface IResidualBlock
{
    /// <summary>The layers of the body, in their order.</summary>
    public IReadOnlyList<nn.Module> Body { get; }

    /// <summary>The layers of the shortcut; none: the input itself.</summary>
    public IReadOnlyList<nn.Module> Shortcut { get; }
}
