using System.Diagnostics;
using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Schemes;

/// <summary>Points beside the target's decision boundary (Cao, Jia and Gong 2021, IPGuard), towards the least likely class.</summary>
/// <param name="Margin">k, above 0, in units of the logits.</param>
/// <param name="LearningRate">Adam's.</param>
/// <param name="Iterations">At most.</param>
/// <param name="Examples">N.</param>
public sealed record IpGuard(double Margin = 5, double LearningRate = 1e-3, int Iterations = 1000, int Examples = 100) : IFingerprintScheme
{
    /// <summary>The option sets to choose from on the validation part.</summary>
    public static IReadOnlyList<IpGuard> Sweep => [.. new[] { 0.01, 0.1, 1, 5, 10 }.Select(margin => new IpGuard(margin))];

    /// <inheritdoc/>
    public string Name => "ipguard";

    /// <inheritdoc/>
    public bool Supports(LearningTask task, int outputWidth) => ClassScores.Supported(task, outputWidth);

    /// <inheritdoc/>
    public SchemeFingerprint Build(SchemeContext context)
    {
        ClassScores.Require(this, context);
        using var scope = NewDisposeScope();
        var clock = Stopwatch.StartNew();
        var order = new Torch.SeededRandom(context.Seed, Name).Permutation((int)context.Inputs.shape[0]);
        var x = context.Box.Clip(context.Inputs.index_select(0, tensor(order.Take(Examples).ToArray()))).clone();
        var (from, to) = Classes(context, x);
        var (first, second) = (zeros_like(x), zeros_like(x));
        for (var step = 1; step <= Iterations; step++)
        {
            using var pass = NewDisposeScope();
            var point = x.detach().requires_grad_(true);
            var loss = Losses(ClassScores.Logits(context.Target, point), from, to, Margin);
            if (loss.max().item<float>() == 0)
            {
                break;
            }

            var gradient = autograd.grad([loss.sum()], [point])[0];
            first.mul_(0.9).add_(gradient, 0.1);
            second.mul_(0.999).addcmul_(gradient, gradient, 0.001);
            var move = first / (1 - Math.Pow(0.9, step)) / ((second / (1 - Math.Pow(0.999, step))).sqrt() + 1e-8) * LearningRate;

            // A seed whose loss is 0 has arrived: what is left of its momentum must not carry it on.
            var going = loss.gt(0).to_type(ScalarType.Float32).view([-1, .. Enumerable.Repeat(1L, x.shape.Length - 1)]);
            x.copy_(context.Box.Clip(x - (move * going)).detach());
        }

        return SchemeFingerprint.Of(this, context, x, Examples, clock, SchemeFingerprint.MatchingRate);
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

    private static (Tensor From, Tensor To) Classes(SchemeContext context, Tensor x)
    {
        using var noGradient = no_grad();
        var logits = ClassScores.Logits(context.Target, x);
        return (logits.argmax(1, keepdim: true), logits.argmin(1, keepdim: true));
    }
}
