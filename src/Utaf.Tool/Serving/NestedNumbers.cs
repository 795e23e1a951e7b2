using System.Text.Json;

namespace Utaf.Tool.Serving;

/// <summary>The <c>data</c> of a tensor: numbers row by row, in one array or in arrays of arrays, as clients like it.</summary>
internal sealed class NestedNumbers
{
    private readonly List<double> values = [];
    private readonly List<long> sizes = [];

    private NestedNumbers()
    {
    }

    /// <summary>All the numbers, row-major.</summary>
    public IReadOnlyList<double> Values => values;

    /// <summary>Length of the arrays of each level, from the outside.</summary>
    public IReadOnlyList<long> Sizes => sizes;

    /// <summary>Reads the array that the reader is at.</summary>
    /// <exception cref="RequestFault">400: it is no array of numbers, or its rows differ.</exception>
    public static NestedNumbers Read(ref Utf8JsonReader reader)
    {
        var numbers = new NestedNumbers();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw RequestFault.Bad("data is to be an array of numbers");
        }

        numbers.ReadLevel(ref reader, level: 0);
        return numbers;
    }

    /// <summary>Checks the numbers against the shape that the request tells.</summary>
    /// <exception cref="RequestFault">400: there are more or fewer, or the nesting is another.</exception>
    public void RequireShape(IReadOnlyList<long> shape)
    {
        var count = shape.Aggregate((Int128)1, (product, size) => product * size);
        if (count != values.Count)
        {
            throw RequestFault.Bad($"data has {values.Count} numbers, expected {count} for the shape {RequestFault.Shown(shape)}");
        }

        if (sizes.Count > 1 && !sizes.SequenceEqual(shape))
        {
            throw RequestFault.Bad(
                $"data is nested as {RequestFault.Shown(sizes)}, expected the shape {RequestFault.Shown(shape)}, or one flat array");
        }
    }

    private void ReadLevel(ref Utf8JsonReader reader, int level)
    {
        var length = 0L;
        for (reader.Read(); reader.TokenType != JsonTokenType.EndArray; reader.Read(), length++)
        {
            if (reader.TokenType == JsonTokenType.StartArray && (level + 1 < sizes.Count || values.Count == 0))
            {
                ReadLevel(ref reader, level + 1);
            }
            else if (reader.TokenType == JsonTokenType.Number && (sizes.Count == 0 || level == sizes.Count - 1))
            {
                values.Add(reader.GetDouble());
            }
            else
            {
                throw RequestFault.Bad("data holds something else than numbers, or numbers beside arrays");
            }
        }

        // The first array to end is an innermost one, and then its parents do: the level that ends first time is not known yet.
        while (sizes.Count <= level)
        {
            sizes.Add(-1);
        }

        sizes[level] = sizes[level] < 0 || sizes[level] == length
            ? length
            : throw RequestFault.Bad($"the rows of data differ in length: {sizes[level]} and {length}");
    }
}
