using Utaf.Data;
using Utaf.Models;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Ensembles;

/// <summary>A table on the device: one tensor of inputs, one of targets, for as long as members are trained on it.</summary>
/// <param name="Inputs">[n, input…].</param>
/// <param name="Targets">As the task wants them; a student's teacher outputs take the same place.</param>
public sealed record TensorData(Tensor Inputs, Tensor Targets) : IDisposable
{
    private long[][]? queries;
    private bool inputsAreAnothers;

    /// <summary>Examples.</summary>
    public int Count => (int)Inputs.shape[0];

    /// <summary>
    /// The examples in random order. Where they are of queries, these are in random order and their examples in turn, so that
    /// batches hold whole queries but for those across two of them, which are others every time.
    /// </summary>
    public long[] Order(SeededRandom random) => queries is null
        ? random.Permutation(Count)
        : [.. random.Permutation(queries.Length).SelectMany(query => queries[query])];

    /// <summary>Puts a table on a device.</summary>
    public static TensorData From(DataTable table, LearningTask task, Device device)
    {
        using var scope = NewDisposeScope();

        // TorchSharp's tensor lies in the .NET array, whose alignment is chance, and the last bits of a matrix product depend
        // on it: the copy has torch's own alignment, so that a resumed run builds the same members.
        var inputs = tensor(table.Inputs, [table.Count, .. table.InputShape.Select(size => (long)size)]).to(device).clone();
        return new(inputs.MoveToOuterDisposeScope(), task.Targets(table).to(device).MoveToOuterDisposeScope())
        {
            queries = task.LearnsPairs ? table.Queries?.Select((query, row) => (query, row)).GroupBy(entry => entry.query, entry => (long)entry.row).Select(query => query.ToArray()).ToArray() : null,
        };
    }

    /// <summary>The same inputs with other targets. The inputs stay this table's, which is to outlive the other one.</summary>
    /// <param name="table">The same examples, of which the targets are taken.</param>
    /// <param name="task">What the target was trained to do.</param>
    public TensorData WithTargets(DataTable table, LearningTask task)
    {
        using var scope = NewDisposeScope();
        return this with { Targets = task.Targets(table).to(Inputs.device).MoveToOuterDisposeScope(), inputsAreAnothers = true };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!inputsAreAnothers)
        {
            Inputs.Dispose();
        }

        Targets.Dispose();
    }
}
