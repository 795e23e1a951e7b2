namespace Utaf.Models;

/// <summary>What the numbers that a network's forward returns mean.</summary>
public enum OutputForm
{
    /// <summary>Values of their own, as a regressor or an embedding gives.</summary>
    Raw,

    /// <summary>Unnormalised class scores.</summary>
    Logits,

    /// <summary>Class probabilities.</summary>
    Probabilities,

    /// <summary>Logarithms of class probabilities.</summary>
    LogProbabilities,
}
