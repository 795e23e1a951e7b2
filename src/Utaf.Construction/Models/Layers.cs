namespace Utaf.Models;

/// <summary>Layers, read from the names and shapes of a network's parameters.</summary>
public static class Layers
{
    /// <summary>
    /// The parameters of the last layer: of the layer that was named, or of the last one whose weight has one row per
    /// output, or else of the last one with a weight.
    /// </summary>
    /// <exception cref="UtafException">UTAF1109: the named layer has no parameters.</exception>
    public static IReadOnlyList<NamedTensor> Last(Network network, int outputWidth, string origin = "model")
    {
        var layers = network.Parameters.GroupBy(parameter => parameter.Layer).ToList();
        if (network.LastLayer is { } wanted)
        {
            return [.. layers.FirstOrDefault(layer => layer.Key == wanted)
                ?? throw Errors.UnknownLayer(origin, wanted, layers.Select(layer => layer.Key))];
        }

        var weighted = layers.Where(layer => layer.Any(parameter => parameter.IsWeight)).ToList();
        var place = weighted.FindLastIndex(layer => layer.Any(parameter => parameter.IsWeight && parameter.Tensor.shape[parameter.OutputAxis] == outputWidth));

        // Kernels after it make an image of what it gives: that it is as wide as the outputs is chance then.
        var isLast = place >= 0 && !weighted.Skip(place + 1).Any(layer => layer.Any(parameter => parameter.Tensor.dim() >= 3));
        var last = isLast ? weighted[place] : weighted.LastOrDefault() ?? layers[^1];
        return [.. last];
    }

    /// <summary>
    /// The batch norm that follows a convolution, found as models register them: the next layer with running
    /// statistics and as many channels as the convolution has filters, before any other weight.
    /// </summary>
    public static IReadOnlyList<NamedTensor> NormAfter(Network network, NamedTensor kernels)
    {
        var statistics = network.Buffers.Where(buffer => buffer.Name.EndsWith("running_mean", StringComparison.Ordinal)).ToDictionary(buffer => buffer.Layer);
        var next = network.Parameters
            .SkipWhile(parameter => parameter.Name != kernels.Name)
            .Skip(1)
            .Where(parameter => parameter.Layer != kernels.Layer)
            .ToList();
        var layer = next.FirstOrDefault()?.Layer;

        return layer is not null && statistics.TryGetValue(layer, out var mean) && mean.Tensor.shape[0] == kernels.Tensor.shape[kernels.OutputAxis]
            ? [.. next.Where(parameter => parameter.Layer == layer)]
            : [];
    }
}
