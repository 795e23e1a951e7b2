using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Utaf.Data;

/// <summary>Examples with or without targets, as plain numbers. Immutable by convention: nobody writes into the arrays.</summary>
/// <param name="InputShape">The shape of one example, without the leading N, such as [1, 28, 28]; every dimension at least 1.</param>
/// <param name="Inputs">The inputs, row-major [N, InputShape...].</param>
/// <param name="TargetWidth">Targets per example: 1 for a class or a quantity, 0 when the data has none.</param>
/// <param name="Targets">The targets, row-major [N, TargetWidth]; class labels are whole numbers from 0.</param>
/// <param name="Origin">Where the data came from, for messages: the file's path.</param>
/// <exception cref="ArgumentException">The arrays' lengths do not fit the shapes.</exception>
public sealed record DataTable(int[] InputShape, float[] Inputs, int TargetWidth, float[] Targets, string Origin)
{
    /// <summary>Numbers in one example: the product of <see cref="InputShape"/>.</summary>
    public int ExampleSize { get; } = SizeOf(InputShape);

    /// <summary>The number of examples, N.</summary>
    public int Count { get; } = CountOf(InputShape, Inputs, TargetWidth, Targets);

    /// <summary>
    /// For each example the line or row of the file it came from, counted from 1 as editors count; null when example i is row i + 1.
    /// </summary>
    public int[]? Rows { get; init; }

    /// <summary>For each example the number of the query that it is a document of, from 0; null when there are no queries.</summary>
    public int[]? Queries { get; init; }

    /// <summary>The line or row of the file that an example came from, counted from 1.</summary>
    /// <param name="example">The example's index, in [0, N).</param>
    public int RowOf(int example) => Rows?[example] ?? example + 1;

    /// <summary>The examples with these indices, in this order; an index may be repeated.</summary>
    /// <param name="indices">Indices in [0, N).</param>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside [0, N).</exception>
    public DataTable Subset(int[] indices)
    {
        ArgumentNullException.ThrowIfNull(indices);
        var inputs = new float[(long)indices.Length * ExampleSize];
        var targets = new float[(long)indices.Length * TargetWidth];
        var rows = new int[indices.Length];
        for (var i = 0; i < indices.Length; i++)
        {
            var from = indices[i];
            ArgumentOutOfRangeException.ThrowIfNegative(from, nameof(indices));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(from, Count, nameof(indices));
            Inputs.AsSpan(from * ExampleSize, ExampleSize).CopyTo(inputs.AsSpan(i * ExampleSize));
            Targets.AsSpan(from * TargetWidth, TargetWidth).CopyTo(targets.AsSpan(i * TargetWidth));
            rows[i] = RowOf(from);
        }

        return new DataTable(InputShape, inputs, TargetWidth, targets, Origin)
        {
            Rows = rows,
            Queries = Queries is null ? null : [.. indices.Select(index => Queries[index])],
        };
    }

    /// <summary>
    /// Splits the examples at random into two disjoint parts that together are the whole; the same seed gives the same parts. A
    /// query's documents stay together.
    /// </summary>
    /// <param name="fraction">The share of the first part, in (0, 1). It has round(fraction N) examples (of queries: so many queries), but each part at least one.</param>
    /// <param name="seed">The seed of the shuffle.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is outside (0, 1).</exception>
    /// <exception cref="UtafException">UTAF1209: there are fewer than two examples. UTAF1214: there are fewer than two queries.</exception>
    public (DataTable First, DataTable Second) Split(double fraction, ulong seed)
    {
        if (!(fraction > 0 && fraction < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "Expected a fraction in (0, 1).");
        }

        if (Count < 2)
        {
            throw Errors.TooFewExamples(Origin, 2, Count);
        }

        if (Queries is not null)
        {
            return SplitQueries(Queries, fraction, seed);
        }

        var order = Permutation.Of(Count, seed);
        var size = Math.Clamp((int)Math.Round(fraction * Count), 1, Count - 1);
        return (Subset(order[..size]), Subset(order[size..]));
    }

    /// <summary>Splits the examples at random into two halves; of an odd number, one part has one more.</summary>
    /// <param name="seed">The seed of the shuffle.</param>
    /// <exception cref="UtafException">UTAF1209: there are fewer than two examples.</exception>
    public (DataTable First, DataTable Second) Halve(ulong seed) => Split(0.5, seed);

    private (DataTable First, DataTable Second) SplitQueries(int[] queries, double fraction, ulong seed)
    {
        var documents = Enumerable.Range(0, Count).GroupBy(row => queries[row]).Select(query => query.ToArray()).ToArray();
        if (documents.Length < 2)
        {
            throw Errors.TooFewQueries(Origin, documents.Length);
        }

        var order = Permutation.Of(documents.Length, seed);
        var size = Math.Clamp((int)Math.Round(fraction * documents.Length), 1, documents.Length - 1);
        return (Part(order[..size]), Part(order[size..]));

        DataTable Part(int[] some) => Subset([.. some.SelectMany(query => documents[query])]);
    }

    /// <summary>The same numbers under another shape of the same size, such as [64] as [1, 8, 8].</summary>
    /// <param name="shape">The shape of one example, without N; every dimension at least 1.</param>
    /// <exception cref="UtafException">UTAF1206: the sizes differ.</exception>
    public DataTable WithInputShape(int[] shape)
    {
        var size = SizeOf(shape);
        return size == ExampleSize
            ? new DataTable(shape, Inputs, TargetWidth, Targets, Origin) { Rows = Rows, Queries = Queries }
            : throw Errors.WrongDataShape(Origin, Describe(shape, size), Describe(InputShape, ExampleSize));
    }

    /// <summary>
    /// The SHA-256 of the content (shapes and numbers, not <see cref="Origin"/> or <see cref="Rows"/>), as 64 lower-case hex digits.
    /// </summary>
    public string Sha256()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[sizeof(int)];
        foreach (var part in (int[])[InputShape.Length, .. InputShape, TargetWidth, Count])
        {
            BinaryPrimitives.WriteInt32LittleEndian(number, part);
            hash.AppendData(number);
        }

        hash.AppendData(MemoryMarshal.AsBytes(Inputs.AsSpan()));
        hash.AppendData(MemoryMarshal.AsBytes(Targets.AsSpan()));
        hash.AppendData(MemoryMarshal.AsBytes(Queries.AsSpan()));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Describe(int[] shape, int size) => $"[{string.Join(", ", shape)}] ({size} numbers per example)";

    private static int SizeOf(int[] shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return shape.Aggregate(1, (size, dimension) => dimension > 0
            ? checked(size * dimension)
            : throw new ArgumentException($"Expected dimensions of at least 1, found [{string.Join(", ", shape)}].", nameof(shape)));
    }

    private static int CountOf(int[] shape, float[] inputs, int targetWidth, float[] targets)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentOutOfRangeException.ThrowIfNegative(targetWidth);
        var (count, rest) = Math.DivRem(inputs.Length, SizeOf(shape));
        return rest == 0 && targets.Length == (long)count * targetWidth
            ? count
            : throw new ArgumentException(
                $"{inputs.Length} inputs and {targets.Length} targets are no whole number of examples "
                + $"of [{string.Join(", ", shape)}] with {targetWidth} targets.",
                nameof(inputs));
    }
}
