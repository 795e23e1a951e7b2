namespace Utaf.Verification;

/// <summary>What a suspect answered.</summary>
/// <param name="Width">d_out, numbers in each answer; at least 1 if anything was answered.</param>
/// <param name="Rows">One row for each input; null where the suspect did not answer.</param>
/// <exception cref="ArgumentException">A row has another width.</exception>
public sealed record SuspectOutputs(int Width, IReadOnlyList<float[]?> Rows)
{
    /// <summary>The rows, each null or <see cref="Width"/> numbers.</summary>
    public IReadOnlyList<float[]?> Rows { get; } = Checked(Width, Rows);

    /// <summary>What the numbers are, where the suspect's settings say it; null: it is recognised.</summary>
    public OutputKind? Kind { get; init; }

    /// <summary>Why rows are missing, in one sentence that ends with a full stop; null if none is, or nobody knows.</summary>
    public string? WhyMissing { get; init; }

    /// <summary>How many rows are there.</summary>
    public int Answered { get; } = Rows.Count(row => row is not null);

    /// <summary>The same missing rows, every other row replaced.</summary>
    internal SuspectOutputs Select(Func<float[], float[]> change) =>
        new(Width, [.. Rows.Select(row => row is null ? null : change(row))]) { Kind = Kind, WhyMissing = WhyMissing };

    private static IReadOnlyList<float[]?> Checked(int width, IReadOnlyList<float[]?> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i] is { } row && (row.Length != width || width < 1))
            {
                throw new ArgumentException($"Answer {i} has {row.Length} numbers, expected {width} (at least 1).", nameof(rows));
            }
        }

        return rows;
    }
}
