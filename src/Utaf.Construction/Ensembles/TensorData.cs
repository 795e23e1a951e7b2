using Utaf.Data;
using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Ensembles;

/// <summary>A table on the device: one tensor of inputs, one of targets, for as long as members are trained on it.</summary>
/// <param name="Inputs">[n, input…].</param>
/// <param name="Targets">As the task wants them; a student's teacher outputs take the same place.</param>
public sealed record TensorData(Tensor Inputs, Tensor Targets) : IDisposable
{
    /// <summary>Examples.</summary>
    public int Count => (int)Inputs.shape[0];

    /// <summary>Puts a table on a device.</summary>
    public static TensorData From(DataTable table, LearningTask task, Device device)
    {
        using var scope = NewDisposeScope();

        // TorchSharp's tensor lies in the .NET array, whose alignment is chance, and the last bits of a matrix product depend
        // on it: the copy has torch's own alignment, so that a resumed run builds the same members.
        var inputs = tensor(table.Inputs, [table.Count, .. table.InputShape.Select(size => (long)size)]).to(device).clone();
        return new(inputs.MoveToOuterDisposeScope(), task.Targets(table).to(device).MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Inputs.Dispose();
        Targets.Dispose();
    }
}
