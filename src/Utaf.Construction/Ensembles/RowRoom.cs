using TorchSharp;
using static TorchSharp.torch;

namespace Utaf.Ensembles;

/// <summary>Room for rows of tables, which batch after batch takes: on the processor no batch is a new piece of memory.</summary>
/// <param name="most">How many rows there are at most.</param>
public sealed class RowRoom(int most) : IDisposable
{
    private Tensor? room;

    /// <summary>Rows of a table.</summary>
    /// <param name="table">[n, …]; the same table, or others that are alike but for n.</param>
    /// <param name="rows">Which, at most as many as there is room for.</param>
    /// <returns>[rows, …], until the next ones are taken; what is learned from them must have gone its way back by then.</returns>
    public Tensor Take(Tensor table, ReadOnlySpan<long> rows)
    {
        if (table.device_type != DeviceType.CPU || !table.is_contiguous() || table.numel() * table.element_size() > int.MaxValue)
        {
            // On a GPU torch keeps freed memory for the next batch.
            return table.index_select(0, tensor(rows.ToArray(), device: table.device));
        }

        room ??= empty([most, .. table.shape[1..]], table.dtype).DetachFromDisposeScope();
        var from = table.bytes;
        var to = room.bytes;
        var length = to.Length / most;
        for (var i = 0; i < rows.Length; i++)
        {
            from.Slice((int)rows[i] * length, length).CopyTo(to[(i * length)..]);
        }

        return room.narrow(0, 0, rows.Length);
    }

    /// <inheritdoc/>
    public void Dispose() => room?.Dispose();
}

/// <summary>Room for the batches of one training.</summary>
/// <param name="most">How many examples a batch has at most.</param>
public sealed class BatchRoom(int most) : IDisposable
{
    /// <summary>For inputs.</summary>
    public RowRoom Inputs { get; } = new(most);

    /// <summary>For targets.</summary>
    public RowRoom Targets { get; } = new(most);

    /// <inheritdoc/>
    public void Dispose()
    {
        Inputs.Dispose();
        Targets.Dispose();
    }
}
