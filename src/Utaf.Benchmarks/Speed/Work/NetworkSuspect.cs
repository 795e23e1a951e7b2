using Utaf.Fingerprints;
using Utaf.Models;
using Utaf.Verification;
using static TorchSharp.torch;

namespace Utaf.Benchmarks.Speed.Work;

/// <summary>A suspect in memory.</summary>
internal sealed record NetworkSuspect(string Name, Network Network, LearningTask Task) : ISuspect, IDisposable
{
    public Task<SuspectOutputs> QueryAsync(Fingerprint fingerprint, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var inputs = tensor(fingerprint.Values, [fingerprint.Count, .. fingerprint.InputShape.Select(size => (long)size)]);
        var outputs = Task.Product(Network.Forward(inputs).flatten(1), Network.Form).contiguous();
        return System.Threading.Tasks.Task.FromResult(new SuspectOutputs((int)outputs.shape[1], [.. outputs.data<float>().ToArray().Chunk((int)outputs.shape[1])]));
    }

    public void Dispose() => Network.Dispose();
}

/// <summary>A suspect whose answers are known already.</summary>
internal sealed record AnsweredSuspect(string Name, SuspectOutputs Answers) : ISuspect
{
    public Task<SuspectOutputs> QueryAsync(Fingerprint fingerprint, CancellationToken cancellationToken) => Task.FromResult(Answers);
}
