using System.Runtime.ExceptionServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Utaf.Torch;

/// <summary>
/// Parts of a batch that go their whole way at the same time, each on a thread of its own. By itself torch divides each of its
/// operations among its threads, which meet at the end of it; what managed code computes between two of them would then run
/// on one processor, or against threads that wait for the next.
/// </summary>
internal static class SideBySide
{
    // Fewer examples do not fill a thread's products.
    private const long FewestExamples = 8;

    /// <summary>A batch in as many parts as torch has threads; in one where it is too small, or on a GPU.</summary>
    /// <param name="batch">[N, …].</param>
    /// <returns>Views of it, in their order.</returns>
    public static IReadOnlyList<Tensor> Parts(Tensor batch)
    {
        var count = batch.device_type == DeviceType.CPU ? Math.Clamp(batch.shape[0] / FewestExamples, 1, get_num_threads()) : 1;
        return count == 1 ? [batch] : [.. Enumerable.Range(0, (int)count).Select(Part)];

        Tensor Part(int part)
        {
            var (from, to) = (batch.shape[0] * part / count, batch.shape[0] * (part + 1) / count);
            return batch.narrow(0, from, to - from);
        }
    }

    /// <summary>Does the same with every part.</summary>
    /// <param name="count">How many parts.</param>
    /// <param name="work">Given a part's number; on its thread torch computes alone, and keeps gradients as it does on the caller's.</param>
    /// <returns>What it returned; the tensors belong to the caller's dispose scope.</returns>
    public static Tensor[] Run(int count, Func<int, Tensor> work)
    {
        if (count == 1)
        {
            return [work(0)];
        }

        var (threads, gradients) = (get_num_threads(), is_grad_enabled());
        var (results, failures) = (new Tensor[count], new ExceptionDispatchInfo?[count]);
        Thread[] workers = [.. Enumerable.Range(0, count).Select(part => new Thread(() => Work(part)) { IsBackground = true })];
        Array.ForEach(workers, worker => worker.Start());
        Array.ForEach(workers, worker => worker.Join());

        // A thread that asks torch for the first time is told what was set last, wherever that was.
        set_num_threads(threads);
        CurrentDisposeScope?.Attach(results.OfType<Tensor>());
        failures.FirstOrDefault(failure => failure is not null)?.Throw();
        return results;

        void Work(int part)
        {
            try
            {
                set_num_threads(1);
                using var mode = set_grad_enabled(gradients);
                using var scope = NewDisposeScope();
                results[part] = work(part).DetachFromDisposeScope();
            }
            catch (Exception e)
            {
                failures[part] = ExceptionDispatchInfo.Capture(e);
            }
        }
    }
}
