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
    public Tensor Take(Tensor table, ReadOnlySpan<long> rows) =>
        Holds(table) ? Copied(table, rows) : table.index_select(0, tensor(rows.ToArray(), device: table.device));

    /// <summary>Whether rows of a table are put here. On a GPU torch keeps freed memory for the next batch.</summary>
    internal bool Holds(Tensor table) =>
        table.device_type == DeviceType.CPU
        && table.is_contiguous()
        && table.numel() * table.element_size() <= int.MaxValue
        && table.numel() / Math.Max(1, table.shape[0]) * table.element_size() * most <= int.MaxValue;

    /// <inheritdoc/>
    public void Dispose() => room?.Dispose();

    private Tensor Copied(Tensor table, ReadOnlySpan<long> rows)
    {
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
}
