using Utaf.Construction;
using Utaf.Fingerprints;
using Utaf.Models;
using Utaf.Models.Folding;
using Utaf.Verification;
using static TorchSharp.torch;

namespace Utaf.Benchmarks.Speed.Work;

/// <summary>A suspect in memory, ready to answer: a perceptron as the learning of fingerprints runs it, others as they are.</summary>
internal sealed class NetworkSuspect : ISuspect, IDisposable
{
    private readonly MemberGroup member;
    private readonly Network network;

    /// <param name="name">The suspect's.</param>
    /// <param name="network">Owned by the suspect from now on; its weights are taken now.</param>
    /// <param name="task">What turns outputs into products.</param>
    /// <param name="probe">Inputs to know a perceptron by, [n, input…].</param>
    public NetworkSuspect(string name, Network network, LearningTask task, Tensor probe)
    {
        Name = name;
        this.network = network;
        using var noGradient = no_grad();
        if (MlpWeights.TryRead(network, probe) is { } weights)
        {
            member = new StackedMlps([0], [weights], task);
            return;
        }

        var whole = new WholeNetwork(network);
        member = new SingleMember(0, _ => whole, task);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public Task<SuspectOutputs> QueryAsync(Fingerprint fingerprint, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var inputs = tensor(fingerprint.Values, [fingerprint.Count, .. fingerprint.InputShape.Select(size => (long)size)]);
        var answers = member.Outputs(inputs, [0], ScalarType.Float32).data<float>().ToArray();
        var width = answers.Length / fingerprint.Count;
        return Task.FromResult(new SuspectOutputs(width, [.. answers.Chunk(width)]));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        member.Dispose();
        network.Dispose();
    }
}

/// <summary>A suspect whose answers are known already.</summary>
internal sealed record AnsweredSuspect(string Name, SuspectOutputs Answers) : ISuspect
{
    public Task<SuspectOutputs> QueryAsync(Fingerprint fingerprint, CancellationToken cancellationToken) => Task.FromResult(Answers);
}
