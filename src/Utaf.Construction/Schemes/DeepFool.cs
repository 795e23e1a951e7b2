using System.Diagnostics;
using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Schemes;

/// <summary>Points a hair beyond the nearest decision boundary (Wang and Chang 2021, DeepFoolFP).</summary>
/// <param name="Overshoot">η, at least 0.</param>
/// <param name="Steps">At most.</param>
/// <param name="Examples">N; seeds that do not flip are left out.</param>
public sealed record DeepFool(double Overshoot = 0.02, int Steps = 50, int Examples = 100) : IFingerprintScheme
{
    private static readonly double[] Overshoots = [0.02, 0.1, 0.5];

    /// <summary>The option sets to choose from on the validation part.</summary>
    public static IReadOnlyList<DeepFool> Sweep(int examples) =>
        [.. Overshoots.Select(overshoot => new DeepFool(overshoot, Examples: examples))];

    /// <inheritdoc/>
    public string Name => "deepfool";

    /// <inheritdoc/>
    public string Parameters => FormattableString.Invariant($"η {Overshoot}");

    /// <inheritdoc/>
    public string Wanted => ClassScores.Wanted;

    /// <inheritdoc/>
    public bool Supports(LearningTask task, int outputWidth) => ClassScores.Supported(task);

    /// <inheritdoc/>
    public SchemeFingerprint Build(SchemeContext context)
    {
        context.Require(this);
        using var scope = NewDisposeScope();
        var clock = Stopwatch.StartNew();
        var seeds = context.Rows(ClassScores.Seeds(context, right: true, Name).Take(Examples));
        if (seeds.shape[0] == 0)
        {
            throw Errors.NoQueries(Name, "it gets none of the owner's examples right, and those are the seeds.");
        }

        var rows = seeds.shape[0];
        var (x, sum) = (context.Box.Clip(seeds).clone(), zeros_like(seeds));
        var flipped = zeros(rows, dtype: ScalarType.Bool, device: context.Device);
        Tensor? start = null;
        for (var step = 0; step <= Steps; step++)
        {
            using var pass = NewDisposeScope();
            context.CancellationToken.ThrowIfCancellationRequested();
            var point = x.detach().requires_grad_(true);
            var logits = ClassScores.Logits(context.Target, point);
            start ??= logits.argmax(1, keepdim: true).MoveToOuterDisposeScope();
            flipped.copy_(logits.argmax(1, keepdim: true).ne(start).squeeze(1));
            if (step == Steps || flipped.all().item<bool>())
            {
                break;
            }

            // One backward pass per class serves all seeds: rows do not depend on each other.
            var byClass = stack([.. Enumerable.Range(0, (int)logits.shape[1]).Select(k =>
                autograd.grad([logits.select(1, k).sum()], [point], retain_graph: true)[0].flatten(1))], 1);
            var own = byClass.gather(1, start.unsqueeze(2).expand(rows, 1, byClass.shape[2]));
            var w = byClass - own;
            var f = (logits - logits.gather(1, start)).detach().abs();
            var norm = w.pow(2).sum([2L]).sqrt();
            var distance = (f / norm.clamp(1e-12)).scatter(1, start, full([rows, 1], float.PositiveInfinity, device: context.Device));
            var nearest = distance.argmin(1, keepdim: true);
            var direction = w.gather(1, nearest.unsqueeze(2).expand(rows, 1, w.shape[2])).squeeze(1);
            var size = (f.gather(1, nearest) + 1e-4) / norm.gather(1, nearest).clamp(1e-12).pow(2);
            var going = flipped.logical_not().to_type(ScalarType.Float32).unsqueeze(1);
            sum.add_((direction * size * going).view(seeds.shape));
            x.copy_(context.Box.Clip(seeds + (sum * (1 + Overshoot))).detach());
        }

        var places = flipped.nonzero().squeeze(1);
        return places.shape[0] == 0
            ? throw Errors.NoQueries(Name, $"none of {rows} seeds came to another class in {Steps} steps.")
            : SchemeFingerprint.Of(
                this,
                context,
                x.index_select(0, places),
                Examples,
                clock,
                SchemeFingerprint.MatchingRate,
                $"{places.shape[0]} of {rows} seeds came to another class");
    }
}
