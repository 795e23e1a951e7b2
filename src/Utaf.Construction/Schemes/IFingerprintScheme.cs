using Utaf.Construction;
using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Schemes;

/// <summary>What a scheme makes its queries from.</summary>
/// <param name="Target">The owner's network, frozen.</param>
/// <param name="Task">What it was trained to do.</param>
/// <param name="Inputs">The owner's inputs, [n, input…].</param>
/// <param name="Targets">As the task wants them; class numbers [n] for classifiers.</param>
/// <param name="Box">Where queries stay.</param>
/// <param name="Seed">Decides what is drawn.</param>
public sealed record SchemeContext(Network Target, LearningTask Task, Tensor Inputs, Tensor Targets, InputBox Box, ulong Seed);

/// <summary>A way to fingerprint a model and to score suspects by their outputs alone.</summary>
public interface IFingerprintScheme
{
    /// <summary>The name in tables.</summary>
    public string Name { get; }

    /// <summary>Whether the scheme can fingerprint a model of this task and output width.</summary>
    public bool Supports(LearningTask task, int outputWidth);

    /// <summary>Makes the queries.</summary>
    /// <exception cref="UtafException">UTAF1001: the scheme does not support the task, or no query came out.</exception>
    public SchemeFingerprint Build(SchemeContext context);
}
