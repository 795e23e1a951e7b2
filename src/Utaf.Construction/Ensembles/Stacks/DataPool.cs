using static TorchSharp.torch;

namespace Utaf.Ensembles.Stacks;

/// <summary>Tables one after the other in one tensor, each only once, so that one look-up draws the batches of many members.</summary>
internal sealed class DataPool : IDisposable
{
    private readonly Dictionary<nint, int> starts = [];

    /// <param name="tables">[n, …] each, alike but for n; the same table may come more than once.</param>
    /// <param name="read">Done to each table first, such as scaling it.</param>
    public DataPool(IEnumerable<Tensor> tables, Func<Tensor, Tensor> read)
    {
        using var scope = NewDisposeScope();
        var parts = new List<Tensor>();
        var rows = 0;
        foreach (var table in tables)
        {
            if (starts.TryAdd(table.Handle, rows))
            {
                parts.Add(read(table));
                rows += (int)table.shape[0];
            }
        }

        All = (parts.Count == 1 ? parts[0].alias() : cat(parts, 0)).DetachFromDisposeScope();
    }

    /// <summary>All rows.</summary>
    public Tensor All { get; }

    /// <summary>Where a table starts.</summary>
    public int StartOf(Tensor table) => starts[table.Handle];

    /// <inheritdoc/>
    public void Dispose() => All.Dispose();
}
