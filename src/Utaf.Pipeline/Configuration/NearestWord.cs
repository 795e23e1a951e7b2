namespace Utaf.Configuration;

/// <summary>Finds what a misspelt word was meant to be.</summary>
internal static class NearestWord
{
    /// <summary>The word with the fewest letters to change (Levenshtein 1966), if they are at most a third of it.</summary>
    /// <param name="found">The misspelt word.</param>
    /// <param name="words">The known ones.</param>
    /// <returns>Null if none is near.</returns>
    public static string? Of(string found, IReadOnlyList<string> words)
    {
        var nearest = words.MinBy(word => Distance(found, word));
        return nearest is not null && Distance(found, nearest) <= Math.Max(1, nearest.Length / 3) ? nearest : null;
    }

    /// <summary>Insertions, deletions and replacements that lead from one to the other; capital letters are no difference.</summary>
    private static int Distance(string from, string to)
    {
        const int longest = 100;
        if (from.Length > longest)
        {
            return int.MaxValue;
        }

        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 0; i < from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i + 1;
            for (var j = 0; j < to.Length; j++)
            {
                var same = char.ToLowerInvariant(from[i]) == char.ToLowerInvariant(to[j]);
                var replaced = diagonal + (same ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(replaced, Math.Min(row[j], row[j + 1]) + 1);
            }
        }

        return row[^1];
    }
}
