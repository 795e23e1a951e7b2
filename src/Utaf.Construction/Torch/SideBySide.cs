using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Utaf.Torch;

/// <summary>
/// Parts of a batch that go their whole way at the same time, each on one thread. By itself torch divides each of its
/// operations among its threads, which meet at the end of it; what managed code computes between two of them would then run
/// on one processor, or against threads that wait for the next.
/// </summary>
internal static class SideBySide
{
    // Fewer examples do not fill a thread's products.
    private const long FewestExamples = 8;

    // Done by threads that stay: what a thread has pooled would go with it.
    private static readonly BlockingCollection<Action> Given = [];
    private static readonly Lock Growing = new();
    private static int workers;

    /// <summary>Whether a batch of some examples is in so many parts that each has one of torch's threads, and not several.</summary>
    public static bool Fills(long examples) => get_num_threads() / Count(examples) == 1;

    /// <summary>A batch in as many parts as torch has threads; in fewer where it is small, and in one on a GPU.</summary>
    /// <param name="batch">[N, …].</param>
    /// <returns>Views of it, in their order.</returns>
    public static IReadOnlyList<Tensor> Parts(Tensor batch)
    {
        var count = batch.device_type == DeviceType.CPU ? Count(batch.shape[0]) : 1;
        return count == 1 ? [batch] : [.. Enumerable.Range(0, count).Select(Part)];

        Tensor Part(int part)
        {
            var (from, to) = (batch.shape[0] * part / count, batch.shape[0] * (part + 1) / count);
            return batch.narrow(0, from, to - from);
        }
    }

    /// <summary>Does the same with every part.</summary>
    /// <param name="count">How many parts.</param>
    /// <param name="work">
    /// Given a part's number; torch's threads are divided among the parts, and gradients are kept as on the caller's thread.
    /// </param>
    /// <returns>What it returned; the tensors belong to the caller's dispose scope.</returns>
    public static Tensor[] Run(int count, Func<int, Tensor> work)
    {
        if (count == 1)
        {
            return [work(0)];
        }

        var (threads, gradients) = (get_num_threads(), is_grad_enabled());
        var (results, failures) = (new Tensor[count], new ExceptionDispatchInfo?[count]);
        var changed = false;
        using var left = new CountdownEvent(count);
        Grow(count);
        for (var part = 0; part < count; part++)
        {
            var own = part;
            Given.Add(() => Work(own));
        }

        left.Wait();

        // A thread that asks torch for the first time is told what was set last, wherever that was. Nothing is set that is so
        // already: torch forgets what it has prepared.
        if (changed)
        {
            set_num_threads(threads);
        }

        CurrentDisposeScope?.Attach(results.OfType<Tensor>());
        failures.FirstOrDefault(failure => failure is not null)?.Throw();
        return results;

        void Have(int own)
        {
            if (get_num_threads() != own)
            {
                set_num_threads(own);
                Volatile.Write(ref changed, true);
            }
        }

        void Work(int part)
        {
            try
            {
                Have(Math.Max(1, threads / count));
                using var mode = set_grad_enabled(gradients);
                using var scope = NewDisposeScope();
                results[part] = work(part).DetachFromDisposeScope();
            }
            catch (Exception e)
            {
                failures[part] = ExceptionDispatchInfo.Capture(e);
            }
            finally
            {
                left.Signal();
            }
        }
    }

    private static int Count(long examples) => (int)Math.Clamp(examples / FewestExamples, 1, get_num_threads());

    private static void Grow(int count)
    {
        lock (Growing)
        {
            for (; workers < count; workers++)
            {
                new Thread(Loop) { IsBackground = true, Name = "side by side" }.Start();
            }
        }

        static void Loop()
        {
            foreach (var work in Given.GetConsumingEnumerable())
            {
                work();
            }
        }
    }
}
