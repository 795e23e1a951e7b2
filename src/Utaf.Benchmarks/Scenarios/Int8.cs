using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>Weights rounded to eight bits (Jacob et al. 2018), computed with as numbers again: what an int8 model answers but for its activations.</summary>
/// <param name="Name">Names the form in results.</param>
/// <param name="PerChannel">A scale for each output channel, or one for a whole tensor.</param>
/// <param name="Symmetric">From −127 to 127 about zero, or 256 steps from the least to the largest weight.</param>
internal sealed record Int8(string Name, bool PerChannel, bool Symmetric)
{
    public static IReadOnlyList<Int8> Forms { get; } =
    [
        new("int8-tensor", PerChannel: false, Symmetric: true),
        new("int8-channel", PerChannel: true, Symmetric: true),
        new("uint8-tensor", PerChannel: false, Symmetric: false),
        new("uint8-channel", PerChannel: true, Symmetric: false),
    ];

    /// <summary>A rounded copy of a target; biases and norms stay as they are, as is usual.</summary>
    public Network Of(TargetModel target)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var copy = target.Copy();
        foreach (var parameter in copy.Parameters.Where(parameter => parameter.IsWeight))
        {
            parameter.Tensor.copy_(Rounded(parameter.Tensor, PerChannel ? parameter.OutputAxis : null));
        }

        return copy.Freeze();
    }

    /// <summary>The nearest numbers that eight bits can say.</summary>
    /// <param name="weights">Any shape.</param>
    /// <param name="axis">Each place along it has its own scale; null: one scale.</param>
    internal Tensor Rounded(Tensor weights, int? axis)
    {
        var rows = axis is { } channels ? weights.transpose(0, channels).flatten(1) : weights.flatten().unsqueeze(0);
        Tensor back;
        if (Symmetric)
        {
            var scale = (rows.abs().amax([1L], keepdim: true) / 127).clamp_min(float.Epsilon);
            back = (rows / scale).round() * scale;
        }
        else
        {
            // Zero is one of the steps, so that pruned weights stay pruned.
            var (least, most) = (rows.amin([1L], keepdim: true).clamp_max(0), rows.amax([1L], keepdim: true).clamp_min(0));
            var scale = ((most - least) / 255).clamp_min(float.Epsilon);
            var zero = (-least / scale).round();
            back = (((rows / scale).round() + zero).clamp(0, 255) - zero) * scale;
        }

        return axis is { } turned ? back.view(weights.transpose(0, turned).shape).transpose(0, turned) : back.view(weights.shape);
    }
}
