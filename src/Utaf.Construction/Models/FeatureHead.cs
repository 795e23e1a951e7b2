using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Models;

/// <summary>
/// What honest features are learned with: a network on top of them that is trained along and thrown away. It sees the features
/// standardised by what they were at the start, so that models of any scale learn alike.
/// </summary>
public abstract class FeatureHead : IDisposable
{
    private const int Measured = 256;

    // A feature that hardly varies at the start, as one behind a ReLU may, is not to be blown up.
    private const double LeastShare = 0.1;

    private readonly Tensor mean;
    private readonly Tensor deviation;

    /// <param name="network">Makes the features; as it starts.</param>
    /// <param name="inputs">[n, input…] on the network's device.</param>
    protected FeatureHead(Network network, Tensor inputs)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var features = network.Forward(inputs.narrow(0, 0, Math.Min(Measured, inputs.shape[0]))).flatten(1);
        var spread = features.std(0, unbiased: false);
        mean = features.mean([0L]).DetachFromDisposeScope();
        deviation = maximum(spread, (spread.mean() * LeastShare).clamp_min(1e-6)).DetachFromDisposeScope();
        Width = (int)features.shape[1];
    }

    /// <summary>The head's own tensors to learn.</summary>
    public abstract IReadOnlyList<Tensor> Parameters { get; }

    /// <summary>What else it owns.</summary>
    protected virtual IReadOnlyList<Tensor> Constants => [];

    /// <summary>Numbers in a feature vector.</summary>
    protected int Width { get; }

    /// <summary>What the network is shown in place of a batch, [N, input…].</summary>
    public virtual Tensor View(Tensor inputs) => inputs.alias();

    /// <summary>The loss of each example, [N].</summary>
    /// <param name="features">[N, out].</param>
    /// <param name="inputs">The batch itself, [N, input…].</param>
    /// <param name="targets">As <see cref="Embedding.Targets"/> makes them.</param>
    public abstract Tensor Losses(Tensor features, Tensor inputs, Tensor targets);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var own in (Tensor[])[mean, deviation, .. Parameters, .. Constants])
        {
            own.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>The features as the head sees them, [N, out].</summary>
    protected Tensor Standardised(Tensor features) => (features - mean) / deviation;

    /// <summary>A linear layer's weight [out, in] and bias [out], uniform within 1/√in as PyTorch draws them.</summary>
    protected static (Tensor Weight, Tensor Bias) Linear(int inputs, int outputs, Device device, SeededRandom random)
    {
        var bound = 1 / Math.Sqrt(inputs);
        return (Drawn([outputs, inputs]), Drawn([outputs]));

        Tensor Drawn(long[] shape)
        {
            using var scope = NewDisposeScope();

            // A copy, for torch's own alignment: see TensorData.
            return random.Uniform(shape, bound).to(device).clone().requires_grad_().DetachFromDisposeScope();
        }
    }
}

/// <summary>A linear classifier: the features are those of the layer before a classifier's last.</summary>
internal sealed class ClassHead : FeatureHead
{
    private readonly Tensor weight;
    private readonly Tensor bias;

    public ClassHead(Network network, Tensor inputs, int classes, SeededRandom random)
        : base(network, inputs) => (weight, bias) = Linear(Width, classes, inputs.device, random);

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Parameters => [weight, bias];

    /// <inheritdoc/>
    public override Tensor Losses(Tensor features, Tensor inputs, Tensor targets) =>
        nn.functional.cross_entropy(nn.functional.linear(Standardised(features), weight, bias), targets, reduction: nn.Reduction.None);
}

/// <summary>
/// A decoder of one hidden layer that makes the inputs again from the features of noisy ones (Vincent et al. 2008): features
/// without labels. Losses are squared errors of standardised inputs.
/// </summary>
internal sealed class DenoisingHead : FeatureHead
{
    /// <summary>The noise's deviation, in deviations of the input.</summary>
    internal const double Noise = 0.3;

    private const int Hidden = 128;

    private readonly Tensor inputMean;
    private readonly Tensor inputDeviation;
    private readonly (Tensor Weight, Tensor Bias) first;
    private readonly (Tensor Weight, Tensor Bias) second;
    private readonly SeededRandom random;

    public DenoisingHead(Network network, Tensor inputs, Scaling scaling, SeededRandom random)
        : base(network, inputs)
    {
        this.random = random;
        var device = inputs.device;
        inputMean = tensor(scaling.InputMean, device: device).DetachFromDisposeScope();
        inputDeviation = tensor(scaling.InputDeviation, device: device).DetachFromDisposeScope();
        first = Linear(Width, Hidden, device, random);
        second = Linear(Hidden, scaling.InputMean.Length, device, random);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Parameters => [first.Weight, first.Bias, second.Weight, second.Bias];

    /// <inheritdoc/>
    protected override IReadOnlyList<Tensor> Constants => [inputMean, inputDeviation];

    /// <inheritdoc/>
    public override Tensor View(Tensor inputs) => inputs + (random.Normal(inputs.shape, Noise).to(inputs.device) * inputDeviation.view([1, .. inputs.shape[1..]]));

    /// <inheritdoc/>
    public override Tensor Losses(Tensor features, Tensor inputs, Tensor targets)
    {
        var hidden = nn.functional.linear(Standardised(features), first.Weight, first.Bias).relu();
        var made = nn.functional.linear(hidden, second.Weight, second.Bias);
        return (made - ((inputs.flatten(1) - inputMean) / inputDeviation)).square().mean([1L]);
    }
}
