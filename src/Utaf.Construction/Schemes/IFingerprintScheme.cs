using Utaf.Models;

namespace Utaf.Schemes;

/// <summary>A way to fingerprint a model and to score suspects by their outputs alone.</summary>
public interface IFingerprintScheme
{
    /// <summary>The name in tables and on the command line.</summary>
    public string Name { get; }

    /// <summary>The parameters, for the reader.</summary>
    public string Parameters { get; }

    /// <summary>What the scheme can be used with, to follow the words "it wants".</summary>
    public string Wanted { get; }

    /// <summary>Whether the scheme can fingerprint a model of this task and output width.</summary>
    public bool Supports(LearningTask task, int outputWidth);

    /// <summary>Makes the queries.</summary>
    /// <exception cref="UtafException">UTAF1503: no query came out; UTAF1504: the scheme does not support the task.</exception>
    public SchemeFingerprint Build(SchemeContext context);
}
