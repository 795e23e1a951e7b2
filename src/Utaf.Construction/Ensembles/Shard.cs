using System.Globalization;

namespace Utaf.Ensembles;

/// <summary>One of N parts of an ensemble, built without knowing of the others: the members whose place in the plan is I modulo N.</summary>
/// <param name="Index">I, from 0 to N − 1.</param>
/// <param name="Count">N, at least 1.</param>
public sealed record Shard(int Index, int Count)
{
    private const int Most = 100_000;

    /// <summary>The whole ensemble.</summary>
    public static Shard All { get; } = new(0, 1);

    /// <summary>Reads <c>I/N</c>.</summary>
    /// <exception cref="UtafException">UTAF1001: it is no shard.</exception>
    public static Shard Parse(string text) =>
        text.Split('/') is [var index, var count]
        && int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var i)
        && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
        && n is >= 1 and <= Most
        && i < n
            ? new(i, n)
            : throw Errors.BadOption("--shard", text, "I/N, such as 0/4 for the first of four: I counts from 0 to N - 1");

    /// <summary>The members that the shard has to bring.</summary>
    public IReadOnlyList<Member> Own(EnsemblePlan plan) => [.. plan.Members.Where((_, place) => place % Count == Index)];

    /// <summary>
    /// The shard's own members and those that its chains start from, in the plan's order. These may be another shard's as
    /// well: both build the same weights.
    /// </summary>
    public IReadOnlyList<Member> Needed(EnsemblePlan plan)
    {
        var byId = plan.Members.ToDictionary(member => member.Id);
        var needed = new HashSet<string>();
        foreach (var own in Own(plan))
        {
            for (Member? member = own; member is not null; member = member.Parent is { } parent ? byId[parent] : null)
            {
                needed.Add(member.Id);
            }
        }

        return [.. plan.Members.Where(member => needed.Contains(member.Id))];
    }

    /// <summary>The shard in as many parts, which are shards themselves.</summary>
    public IEnumerable<Shard> Divide(int parts) => Enumerable.Range(0, parts).Select(part => new Shard(Index + (Count * part), Count * parts));

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index}/{Count}");
}
