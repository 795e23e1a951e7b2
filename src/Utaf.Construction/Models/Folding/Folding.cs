using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Utaf.Models.Folding;

/// <summary>
/// Makes a <see cref="FoldedNetwork"/> of a network whose layers are known: convolutions with batch norm, ReLU, pooling,
/// blocks and linear layers. Batch norm before a convolution stays a product and a sum: ReLU comes between them. What is not
/// known stays as it is.
/// </summary>
internal sealed class Folding
{
    private readonly FoldingTerms terms;
    private readonly Device device;
    private readonly List<FoldedStep> steps = [];

    // The signal's channels, and which of them are not zero whatever the input is: the others are not computed.
    private long channels;
    private long[] live = [];

    private SignalSize size;

    private Folding(FoldingTerms terms, Device device, long channels, long[] live, SignalSize size) =>
        (this.terms, this.device, this.channels, this.live, this.size) = (terms, device, channels, live, size);

    /// <summary>Folds a network; null where it has a layer that cannot be, or would then answer otherwise.</summary>
    /// <param name="network">In eval mode; it stays as it is.</param>
    /// <param name="probe">Inputs to prove it on, [n, input…].</param>
    /// <param name="terms">How it is to compute; null: in float32, by Winograd's transforms where they suit.</param>
    /// <param name="proven">What these weights have once been folded into on these terms, which need not be proved again.</param>
    public static FoldedNetwork? TryFold(Network network, Tensor probe, FoldingTerms? terms = null, FoldedSize? proven = null)
    {
        terms ??= new();
        terms = terms with { Winograd = terms.Winograd && proven is not { Winograd: false } };

        // The transforms' errors are larger than torch's, and may be too large for some weights.
        return Fold(network, probe, terms, proven, out var own) ?? (own ? Fold(network, probe, terms with { Winograd = false }, proven: null, out _) : null);
    }

    private static FoldedNetwork? Fold(Network network, Tensor probe, FoldingTerms terms, FoldedSize? proven, out bool own)
    {
        own = false;
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var scaled = network.Module as ScaledModule;
        var layers = Layers(scaled?.Body ?? network.Module);
        if (layers.OfType<Conv2d>().FirstOrDefault() is not { } first || (scaled is null && probe.dim() != 4))
        {
            return null;
        }

        var shape = scaled?.ViewShape ?? probe.shape;
        var folding = new Folding(terms, first.weight.device, first.in_channels, All(first.in_channels), new(shape[^2], shape[^1]));
        folding.AddEntry(scaled);
        var known = folding.Add(layers);
        if (known)
        {
            folding.Widen(All(folding.channels));
        }

        if (known && scaled is not null)
        {
            folding.AddExit(scaled);
        }

        var folded = new FoldedNetwork(folding.steps, network.Form, proven);
        own = known && folded.Operations.Count > 0;
        if (known && (proven is not null || folded.Agrees(network, probe, terms)))
        {
            return folded;
        }

        folded.Dispose();
        return null;
    }

    /// <summary>The layers one after the other, without the sequences that hold them.</summary>
    private static IReadOnlyList<nn.Module> Layers(nn.Module module) =>
        module is Sequential sequence ? [.. sequence.children().SelectMany(Layers)] : [module];

    private bool Add(IReadOnlyList<nn.Module> layers)
    {
        for (var i = 0; i < layers.Count; i++)
        {
            switch (layers[i])
            {
                case Conv2d { groups: 1, transposed: false, padding_type: null, padding_mode: PaddingModes.Zeros } convolution:
                    var norm = layers.ElementAtOrDefault(i + 1) as BatchNorm2d;
                    i += norm is null ? 0 : 1;
                    var relu = layers.ElementAtOrDefault(i + 1) is ReLU;
                    i += relu ? 1 : 0;
                    AddConvolution(convolution, norm, relu);
                    break;
                case BatchNorm2d first:
                    AddNorm(first);
                    break;
                case ReLU:
                    steps.Add(new(signal => signal.relu()));
                    break;
                case MaxPool2d pool:
                    steps.Add(new(signal => nn.functional.max_pool2d(signal, pool.kernel_size, pool.stride, pool.padding, pool.dilation, pool.ceil_mode)));
                    size = size.After(pool.kernel_size, pool.stride, pool.padding, pool.dilation);
                    break;
                case AvgPool2d { divisor_override: null } pool:
                    steps.Add(new(signal => nn.functional.avg_pool2d(signal, pool.kernel_size, pool.stride, pool.padding, pool.ceil_mode, pool.count_include_pad)));
                    size = size.After(pool.kernel_size, pool.stride, pool.padding, dilation: null);
                    break;
                case AdaptiveAvgPool2d pool:
                    // Sums of many numbers: these want all digits, and so does what follows.
                    steps.Add(new(signal => nn.functional.adaptive_avg_pool2d(signal.to_type(ScalarType.Float32), pool.output_size)));
                    break;
                case Flatten { start_dim: 1, end_dim: -1 }:
                    steps.Add(new(signal => signal.to_type(ScalarType.Float32).flatten(1)));
                    break;
                case Linear linear:
                    AddLinear(linear);
                    break;
                case IResidualBlock block when Block(block) is { } folded:
                    steps.Add(folded);
                    break;
                case IConcatenation block when Concatenation(block) is { } folded:
                    steps.Add(folded);
                    break;
                case Dropout:
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    private void AddEntry(ScaledModule? scaled)
    {
        var type = terms.Type;
        if (scaled is null)
        {
            steps.Add(new(ChannelsLast));
            return;
        }

        var (mean, deviation, shape) = (Own(scaled.InputMean), Own(scaled.InputDeviation), scaled.ViewShape);
        steps.Add(new(signal => ChannelsLast(((signal.flatten(1) - mean) / deviation).view(shape)), mean, deviation));

        Tensor ChannelsLast(Tensor images) => images.to_type(type).permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
    }

    private void AddExit(ScaledModule scaled)
    {
        var (mean, deviation) = (Own(scaled.OutputMean), Own(scaled.OutputDeviation));
        steps.Add(new(signal => (signal * deviation) + mean, mean, deviation));
    }

    private void AddConvolution(Conv2d convolution, BatchNorm2d? norm, bool relu)
    {
        // The kernels are as they were until they are laid out: a large network's take a while to be copied.
        var weight = Kept(convolution.weight.detach(), 1);
        var bias = convolution.bias?.detach() ?? zeros(convolution.out_channels, device: weight.device);
        Tensor? scale = null;
        var sizes = weight.flatten(1).norm(1, false, 1);
        if (norm is not null)
        {
            (scale, var shift) = Affine(norm);
            bias = (bias * scale) + shift;
            sizes *= scale.abs();
        }

        channels = convolution.out_channels;
        live = NonZero((sizes + bias.abs()).cpu());
        var kernels = new FoldedKernels(Kept(weight, 0), scale is null ? null : Kept(scale, 0), Kept(bias, 0), relu);
        steps.Add(terms.Winograd switch
        {
            true when WinogradConvolution.Suits(convolution, kernels, terms.Type, size) => ConvolutionSteps.Transformed(kernels),
            true when EntryConvolution.Suits(convolution, kernels, terms.Type) => ConvolutionSteps.Entry(convolution, kernels),
            _ => ConvolutionSteps.Direct(convolution, kernels, terms.Type),
        });
        size = size.After(convolution.kernel_size, convolution.stride, convolution.padding, convolution.dilation);
    }

    /// <summary>What belongs to channels that are not zero, along a dimension that all channels have.</summary>
    private Tensor Kept(Tensor values, long dimension) => live.Length == values.shape[dimension] ? values : values.index_select(dimension, Index(live));

    /// <summary>A norm with no convolution right before it.</summary>
    private void AddNorm(BatchNorm2d norm)
    {
        var (scale, shift) = Affine(norm);

        // What it makes of a channel of zeros is a constant, and zero only where it does not shift it.
        Widen([.. live.Union(NonZero(shift.abs().cpu())).Order()]);
        var (factors, shifts) = (OfLive(scale), OfLive(shift));
        steps.Add(new(signal => (signal * factors).add_(shifts), factors, shifts));

        Tensor OfLive(Tensor values) => Own(values.index_select(0, Index(live)).to_type(terms.Type).view(1, -1, 1, 1));
    }

    /// <summary>What a batch norm multiplies each channel with, and adds.</summary>
    private static (Tensor Scale, Tensor Shift) Affine(BatchNorm2d norm)
    {
        var scale = (norm.running_var! + norm.eps).rsqrt() * (norm.affine ? norm.weight!.detach() : 1);
        return (scale, (norm.affine ? norm.bias!.detach() : 0) - (norm.running_mean! * scale));
    }

    /// <summary>From here on these channels are computed with: of those that were not, zeros.</summary>
    private void Widen(long[] wider)
    {
        if (wider.Length == live.Length)
        {
            return;
        }

        var (places, width) = (Own(Index([.. live.Select(channel => (long)Array.IndexOf(wider, channel))])), wider.Length);
        live = wider;
        steps.Add(new(
            signal => zeros([signal.shape[0], width, .. signal.shape[2..]], signal.dtype, signal.device).index_add(1, places, signal, 1),
            places));
    }

    private void AddLinear(Linear linear)
    {
        // A channel's numbers lie side by side after flattening.
        var perChannel = linear.in_features / channels;
        long[] features = [.. live.SelectMany(channel => Enumerable.Range(0, (int)perChannel).Select(i => (channel * perChannel) + i))];
        var weight = Own(linear.weight.detach().index_select(1, Index(features)));
        var bias = Own(linear.bias?.detach() ?? zeros(linear.out_features, device: weight.device));
        (channels, live) = (linear.out_features, All(linear.out_features));
        steps.Add(new(signal => nn.functional.linear(signal, weight, bias), weight, bias));
    }

    private FoldedStep? Block(IResidualBlock block)
    {
        var (body, shortcut) = (new Folding(terms, device, channels, live, size), new Folding(terms, device, channels, live, size));
        if (!body.Add(block.Body) || !shortcut.Add(block.Shortcut))
        {
            body.steps.Concat(shortcut.steps).ToList().ForEach(step => step.Dispose());
            return null;
        }

        (channels, size) = (body.channels, body.size);
        live = [.. body.live.Union(shortcut.live).Order()];
        return BlockSteps.Sum(body.steps, Places(body.live), shortcut.steps, Places(shortcut.live), live.Length, terms.Type);

        Tensor? Places(long[] part) => part.Length == live.Length ? null : Own(Index([.. part.Select(channel => (long)Array.IndexOf(live, channel))]));
    }

    private FoldedStep? Concatenation(IConcatenation block)
    {
        var entry = new Folding(terms, device, channels, live, size);
        var parts = new List<Folding> { entry };
        var known = entry.Add(block.Entry);
        foreach (var layers in block.Branches)
        {
            var branch = new Folding(terms, device, entry.channels, entry.live, entry.size);
            parts.Add(branch);
            known = known && branch.Add(layers);
        }

        if (!known)
        {
            parts.SelectMany(part => part.steps).ToList().ForEach(step => step.Dispose());
            return null;
        }

        var branches = parts[1..];
        (channels, live, size) = (0, [], branches[0].size);
        foreach (var branch in branches)
        {
            var before = channels;
            live = [.. live, .. branch.live.Select(channel => before + channel)];
            channels += branch.channels;
        }

        return BlockSteps.Concatenation(entry.steps, [.. branches.Select(branch => branch.steps)]);
    }

    private static long[] All(long count) => [.. Enumerable.Range(0, (int)count).Select(channel => (long)channel)];

    /// <summary>Where the sizes are not zero; the first channel stays in any case.</summary>
    private static long[] NonZero(Tensor sizes)
    {
        var values = sizes.to_type(ScalarType.Float32).contiguous().data<float>().ToArray();
        long[] found = [.. Enumerable.Range(0, values.Length).Where(channel => values[channel] != 0).Select(channel => (long)channel)];
        return found.Length > 0 ? found : [0];
    }

    private Tensor Index(long[] places) => tensor(places, device: device);

    private static Tensor Own(Tensor tensor) => tensor.clone().DetachFromDisposeScope();
}
