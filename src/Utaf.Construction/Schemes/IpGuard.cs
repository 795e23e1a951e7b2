using System.Diagnostics;
using Utaf.Models;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Schemes;

/// <summary>Towards which class IPGuard moves a seed.</summary>
public enum NeighbourClass
{
    /// <summary>L: the least likely one.</summary>
    LeastLikely,

    /// <summary>R: a random one other than the seed's.</summary>
    Random,
}

/// <summary>Points beside the target's decision boundary (Cao, Jia and Gong 2021, IPGuard).</summary>
/// <param name="Margin">k, above 0.</param>
/// <param name="Relative">k is in units of the target's logit scale: the mean deviation of an example's logits. Otherwise in units of logits.</param>
/// <param name="Neighbour">The class on the other side of the boundary.</param>
/// <param name="LearningRate">Adam's, as a fraction of the inputs' range.</param>
/// <param name="Iterations">At most.</param>
/// <param name="Examples">N.</param>
public sealed record IpGuard(
    double Margin = 5,
    bool Relative = false,
    NeighbourClass Neighbour = NeighbourClass.LeastLikely,
    double LearningRate = 1e-3,
    int Iterations = 1000,
    int Examples = 100) : IFingerprintScheme
{
    private static readonly double[] Margins = [0.01, 0.1, 1, 5, 10];

    /// <summary>The option sets to choose from on the validation part.</summary>
    public static IReadOnlyList<IpGuard> Sweep(int examples) =>
    [
        .. from neighbour in Enum.GetValues<NeighbourClass>()
           from margin in Margins
           select new IpGuard(margin, Relative: true, neighbour, Examples: examples),
    ];

    /// <inheritdoc/>
    public string Name => "ipguard";

    /// <inheritdoc/>
    public string Parameters =>
        FormattableString.Invariant($"k {Margin}{(Relative ? " of the logit scale" : "")}, {(Neighbour == NeighbourClass.LeastLikely ? 'L' : 'R')}");

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
        var x = context.Box.Clip(context.RandomRows(Examples, Name)).clone();
        var (from, to) = Classes(context, x);
        var margin = Relative ? Margin * LogitScale(context) : Margin;
        var adam = new InputAdam(x, context.Box.Span, LearningRate);
        var arrived = 0L;
        for (var step = 0; step <= Iterations; step++)
        {
            using var pass = NewDisposeScope();
            context.CancellationToken.ThrowIfCancellationRequested();
            var point = x.detach().requires_grad_(true);
            var loss = Losses(ClassScores.Logits(context.Target, point), from, to, margin);
            arrived = loss.eq(0).count_nonzero().item<long>();
            if (arrived == x.shape[0] || step == Iterations)
            {
                break;
            }

            // A seed whose loss is 0 has arrived: what is left of its momentum must not carry it on.
            var gradient = autograd.grad([loss.sum()], [point])[0];
            var going = loss.detach().gt(0).to_type(ScalarType.Float32).view([-1, .. Enumerable.Repeat(1L, x.shape.Length - 1)]);
            x.copy_(context.Box.Clip(x - (adam.Move(gradient) * going)).detach());
        }

        return SchemeFingerprint.Of(
            this, context, x, Examples, clock, SchemeFingerprint.MatchingRate, $"{arrived} of {x.shape[0]} seeds arrived at the boundary");
    }

    /// <summary>ReLU(Z_i − Z_j + k) + ReLU(max over other t of Z_t − Z_i), [N]; two classes have no other t.</summary>
    internal static Tensor Losses(Tensor logits, Tensor from, Tensor to, double margin)
    {
        var (i, j) = (logits.gather(1, from), logits.gather(1, to));
        var boundary = (i - j + margin).relu();
        if (logits.shape[1] > 2)
        {
            var others = logits.scatter(1, from, full_like(i, -1e30f)).scatter(1, to, full_like(i, -1e30f));
            boundary += (others.amax([1L], keepdim: true) - i).relu();
        }

        return boundary.squeeze(1);
    }

    /// <summary>The mean over the owner's examples of the deviation of an example's logits, above 0.</summary>
    internal static double LogitScale(SchemeContext context)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        const int most = 1000;
        var inputs = context.Inputs.narrow(0, 0, Math.Min(most, context.Inputs.shape[0]));
        var logits = ClassScores.Logits(context.Target, inputs);
        var scale = (logits - logits.mean([1L], keepdim: true)).square().mean([1L]).sqrt().mean().item<float>();
        return scale > 0 ? scale : 1;
    }

    private (Tensor From, Tensor To) Classes(SchemeContext context, Tensor x)
    {
        using var noGradient = no_grad();
        var logits = ClassScores.Logits(context.Target, x);
        var from = logits.argmax(1, keepdim: true);
        if (Neighbour == NeighbourClass.LeastLikely)
        {
            return (from, logits.argmin(1, keepdim: true));
        }

        // 1 to classes − 1 further on, round the circle: never the seed's own.
        var (random, classes) = (new SeededRandom(context.Seed, $"{Name} classes"), (int)logits.shape[1]);
        long[] offsets = [.. Enumerable.Range(0, (int)x.shape[0]).Select(_ => 1L + random.NextInt32(classes - 1))];
        return (from, (from + tensor(offsets, offsets.Length, 1).to(context.Device)).remainder(classes));
    }
}
