using Utaf.Configuration;
using Utaf.Stores;

namespace Utaf.Watching;

/// <summary>One suspect that is to be verified with one pair.</summary>
/// <param name="Suspect">The suspect.</param>
/// <param name="Pair">The pair, in a store or from a file.</param>
public sealed record WatchItem(SuspectSettings Suspect, StoredPair Pair)
{
    /// <summary>Tells this item from every other, and stays the same as long as suspect and pair do.</summary>
    public string Key => $"{Pair.Model} {Pair.Version} {Pair.Sha256} {Suspect.Name} {Suspect.Url?.ToString() ?? Suspect.Path}";
}
