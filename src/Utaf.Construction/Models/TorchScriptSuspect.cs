using TorchSharp;
using Utaf.Fingerprints;
using Utaf.Verification;
using static TorchSharp.torch;

namespace Utaf.Models;

/// <summary>A suspect that is at hand as a TorchScript file. Its weights are not looked at: it answers inputs, like an API.</summary>
public sealed class TorchScriptSuspect : ISuspect
{
    private const int BatchSize = 256;
    private readonly TorchScriptFile file;
    private readonly Device device;

    /// <summary>Opens and checks the file.</summary>
    /// <exception cref="UtafException">UTAF1002, UTAF1003 and UTAF1101 to UTAF1105.</exception>
    public TorchScriptSuspect(string path, Device device)
    {
        file = TorchScriptFile.Open(path);
        this.device = device;
    }

    /// <inheritdoc/>
    public string Name => file.Path;

    /// <inheritdoc/>
    public Task<SuspectOutputs> QueryAsync(Fingerprint fingerprint, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var module = file.Load();
        if (device.type != DeviceType.CPU)
        {
            module.to(device);
        }

        // Copied for torch's own alignment, so that the answers' last bits, and their digest, repeat: see TensorData.
        var inputs = tensor(fingerprint.Values, [fingerprint.Count, .. fingerprint.InputShape.Select(size => (long)size)]).to(device).clone();
        var rows = new List<float[]?>(fingerprint.Count);
        foreach (var batch in inputs.split(BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var outputs = file.Run(module, batch, found => Errors.SuspectInput(Name, $"float32 [{string.Join(", ", fingerprint.InputShape)}]", $"was given {found}")).flatten(1).to_type(ScalarType.Float32).cpu().contiguous();
            rows.AddRange(outputs.data<float>().ToArray().Chunk((int)outputs.shape[1]));
        }

        return Task.FromResult(new SuspectOutputs(rows[0]!.Length, rows));
    }
}
