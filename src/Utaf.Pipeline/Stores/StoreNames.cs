using System.Text.RegularExpressions;
using Utaf.Fingerprints;

namespace Utaf.Stores;

/// <summary>The names that make up a place in a store: none can leave the store or mean something to a shell.</summary>
internal static partial class StoreNames
{
    private const string ManifestExtension = ".json";

    /// <exception cref="UtafException">UTAF1307.</exception>
    public static string Model(string name) => Name().IsMatch(name) ? name : throw Errors.BadName("model's name", name);

    /// <exception cref="UtafException">UTAF1307.</exception>
    public static string Version(string version) =>
        Name().IsMatch(version) ? version : throw Errors.BadName("model's version", version);

    public static bool IsName(string name) => Name().IsMatch(name);

    public static bool IsDigest(string digest) => Digest().IsMatch(digest);

    /// <summary>The file with the pair, encrypted or not.</summary>
    public static string Pair(StoredPair pair) => File(pair, FingerprintPairFile.Extension);

    /// <summary>The file with the public manifest.</summary>
    public static string Manifest(StoredPair pair) => File(pair, ManifestExtension);

    /// <summary>The file with the commitment.</summary>
    public static string Commitment(StoredPair pair) => File(pair, Commitments.Commitment.Extension);

    /// <summary>The pair that a file is; null for any other file, such as what an interrupted put left behind.</summary>
    public static StoredPair? ReadPair(string file) =>
        file.EndsWith(FingerprintPairFile.Extension, StringComparison.Ordinal)
        && file[..^FingerprintPairFile.Extension.Length].Split('/') is [var model, var version, var digest]
        && IsName(model) && IsName(version) && IsDigest(digest)
            ? new StoredPair(model, version, digest)
            : null;

    /// <summary>How the names of all files of these pairs begin; where only the version is given, they begin in no one way.</summary>
    /// <exception cref="UtafException">UTAF1307.</exception>
    public static string Prefix(string? model, string? version)
    {
        var (first, second) = (model is null ? null : Model(model), version is null ? null : Version(version));
        return first is null ? "" : second is null ? $"{first}/" : $"{first}/{second}/";
    }

    private static string File(StoredPair pair, string extension) => $"{Model(pair.Model)}/{Version(pair.Version)}/{pair.Sha256}{extension}";

    [GeneratedRegex(@"\A[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}\z")]
    private static partial Regex Name();

    [GeneratedRegex(@"\A[0-9a-f]{64}\z")]
    private static partial Regex Digest();
}
