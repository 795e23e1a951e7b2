using Utaf.Fingerprints;

namespace Utaf.Verification;

/// <summary>A model that is suspected: a black box that takes inputs and gives outputs, nothing else.</summary>
public interface ISuspect
{
    /// <summary>What the suspect is called in reports: a URL without secrets, or a file's name.</summary>
    public string Name { get; }

    /// <summary>Sends the fingerprint's inputs to the suspect.</summary>
    /// <param name="fingerprint">The inputs, [N, InputShape...].</param>
    /// <param name="cancellationToken">Stops the querying.</param>
    /// <returns>One row for each input, in the inputs' order; null where the suspect did not answer.</returns>
    /// <exception cref="UtafException">The suspect cannot take such inputs, or its answers are not understood.</exception>
    public Task<SuspectOutputs> QueryAsync(Fingerprint fingerprint, CancellationToken cancellationToken);
}
