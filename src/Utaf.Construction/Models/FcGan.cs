using System.Text.Json.Serialization;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Models;

/// <summary>
/// The fully connected generator of the paper's Table A3: latent–64k–128k–256k–out. The table starts with Linear(100, 128),
/// which fits k = 2 alone, and ends with Sigmoid, by whose range a meta-verifier would know it: here it is Linear(latent, 64k)
/// and Tanh.
/// </summary>
/// <param name="K">k, at least 1: 2, 4 and 8 are the paper's S, M and L.</param>
public sealed record FcGan(int K) : Architecture
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Id => $"fcgan-{K}";

    /// <inheritdoc/>
    public override bool Accepts(ArchitectureContext context) => context.Generates;

    /// <inheritdoc/>
    public override Network Build(ArchitectureContext context, SeededRandom random)
    {
        var latent = context.Signature.InputSize;
        return Zoo.Finish(this, Generator(latent, K, context.Signature.OutputWidth), [latent], context, random);
    }

    /// <summary>The bare generator: [N, latent] to [N, <paramref name="outputs"/>], in [−1, 1].</summary>
    internal static nn.Module<Tensor, Tensor> Generator(int latent, int k, int outputs) => nn.Sequential(
        ("0", nn.Linear(latent, 64 * k)),
        ("1", nn.ReLU()),
        ("2", nn.Linear(64 * k, 128 * k)),
        ("3", nn.ReLU()),
        ("4", nn.Linear(128 * k, 256 * k)),
        ("5", nn.ReLU()),
        ("6", nn.Linear(256 * k, outputs)),
        ("7", nn.Tanh()));

    /// <summary>The discriminator: [N, <paramref name="inputs"/>] to log-odds [N, 1].</summary>
    internal static nn.Module<Tensor, Tensor> Discriminator(int inputs, int k) => nn.Sequential(
        ("0", nn.Linear(inputs, 256 * k)),
        ("1", nn.ReLU()),
        ("2", nn.Linear(256 * k, 128 * k)),
        ("3", nn.ReLU()),
        ("4", nn.Linear(128 * k, 64 * k)),
        ("5", nn.ReLU()),
        ("6", nn.Linear(64 * k, 1)));
}
