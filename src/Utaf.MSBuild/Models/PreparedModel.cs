namespace Utaf.MSBuild.Models;

/// <summary>The metadata that a model gets before it is fingerprinted; the targets read them too.</summary>
internal static class PreparedModel
{
    /// <summary>The tool's document, which is there if and only if the model was fingerprinted.</summary>
    public const string Result = "UtafResult";

    /// <summary>The public manifest.</summary>
    public const string Manifest = "UtafManifest";

    /// <summary>The public commitment.</summary>
    public const string Commitment = "UtafCommitment";

    /// <summary>All files that the result depends on.</summary>
    public const string Inputs = "UtafInputs";
}
