using static TorchSharp.torch;

namespace Utaf.Ensembles;

/// <summary>Room for the batches of one training.</summary>
/// <param name="most">How many examples a batch has at most.</param>
public sealed class BatchRoom(int most) : IDisposable
{
    private readonly RowRoom inputs = new(most);
    private readonly RowRoom targets = new(most);

    /// <summary>Rows of a table, until the next ones are taken: see <see cref="RowRoom.Take"/>.</summary>
    /// <param name="data">The same table each time.</param>
    /// <param name="rows">Which rows.</param>
    /// <returns>Inputs [N, input…] and targets [N, …].</returns>
    public (Tensor Inputs, Tensor Targets) Take(TensorData data, ReadOnlySpan<long> rows)
    {
        if (inputs.Holds(data.Inputs) || targets.Holds(data.Targets))
        {
            return (inputs.Take(data.Inputs, rows), targets.Take(data.Targets, rows));
        }

        // The places go to the device once.
        using var places = tensor(rows.ToArray(), device: data.Inputs.device);
        return (data.Inputs.index_select(0, places), data.Targets.index_select(0, places));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        inputs.Dispose();
        targets.Dispose();
    }
}
