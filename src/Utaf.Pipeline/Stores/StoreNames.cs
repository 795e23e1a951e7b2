using System.Text.RegularExpressions;

namespace Utaf.Stores;

/// <summary>The names that make up a place in a store: none can leave the store or mean something to a shell.</summary>
internal static partial class StoreNames
{
    /// <exception cref="UtafException">UTAF1307.</exception>
    public static string Model(string name) => Name().IsMatch(name) ? name : throw Errors.BadName("model's name", name);

    /// <exception cref="UtafException">UTAF1307.</exception>
    public static string Version(string version) =>
        Name().IsMatch(version) ? version : throw Errors.BadName("model's version", version);

    public static bool IsName(string name) => Name().IsMatch(name);

    public static bool IsDigest(string digest) => Digest().IsMatch(digest);

    [GeneratedRegex(@"\A[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}\z")]
    private static partial Regex Name();

    [GeneratedRegex(@"\A[0-9a-f]{64}\z")]
    private static partial Regex Digest();
}
