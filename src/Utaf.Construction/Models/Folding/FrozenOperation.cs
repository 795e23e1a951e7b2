using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static TorchSharp.torch;

namespace Utaf.Models.Folding;

/// <summary>An operation with weights that are not learned, which computes its results and the gradient of its input by itself.</summary>
internal abstract class FrozenOperation
{
    /// <summary>Whether they are faster than torch's on this processor: x64 with fused multiply-adds of vectors of 256 bits. Elsewhere it was not measured.</summary>
    public static bool AreFast => Fma.IsSupported && Vector256.IsHardwareAccelerated;

    /// <summary>Runs it; in torch's graph where the signal asks for a gradient.</summary>
    /// <param name="signal">[N, …].</param>
    /// <returns>The results, which belong to the caller's dispose scope.</returns>
    public Tensor Run(Tensor signal)
    {
        if (signal.requires_grad && is_grad_enabled())
        {
            return Function.apply(signal, this);
        }

        using var scope = NewDisposeScope();
        return Forward(signal, out _).MoveToOuterDisposeScope();
    }

    /// <summary>The results, outside torch's graph.</summary>
    /// <param name="signal">[N, …].</param>
    /// <param name="kept">All tensors that the way back needs, weights too: the network may have been put back by then.</param>
    /// <returns>No view of a tensor that lies otherwise: torch refuses to change those in place behind a function of one's own.</returns>
    protected abstract Tensor Forward(Tensor signal, out Tensor[] kept);

    /// <summary>The gradient of the signal. An exception would end the process: it cannot pass through torch.</summary>
    /// <param name="slopes">Those of the results.</param>
    /// <param name="kept">As <see cref="Forward(Tensor, out Tensor[])"/> gave it.</param>
    protected abstract Tensor Backward(Tensor slopes, IReadOnlyList<Tensor> kept);

    private sealed class Function : autograd.SingleTensorFunction<Function>
    {
        private const string Key = "operation";

        // TorchSharp keeps what goes in and out on the way back until the scope ends; torch needs each no longer than the next one.
        [ThreadStatic]
        private static Tensor? returned;

        public override string Name => nameof(FrozenOperation);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            // No scope: torch takes what is kept when this has returned, so that it ends with the caller's.
            var (signal, operation) = ((Tensor)vars[0], (FrozenOperation)vars[1]);
            var results = operation.Forward(signal, out var kept);
            ctx.save_data(Key, operation);
            ctx.save_for_backward([.. kept]);
            return results;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            using var scope = NewDisposeScope();
            var gradient = ((FrozenOperation)ctx.get_data(Key)).Backward(grad_output, ctx.get_saved_variables());
            returned?.Dispose();
            returned = gradient.MoveToOuterDisposeScope();
            grad_output.Dispose();
            return [gradient, null!];
        }
    }
}
