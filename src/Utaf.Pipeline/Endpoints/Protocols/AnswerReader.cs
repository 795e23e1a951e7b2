using System.Text.Json;

namespace Utaf.Endpoints.Protocols;

/// <summary>
/// Reads rows of numbers from the layouts that prediction APIs use: arrays, nested or flat; objects of named columns; lists of
/// labels with scores.
/// </summary>
/// <param name="width">d_out, at least 1.</param>
/// <param name="classes">The labels in the order of the numbers; none, or <paramref name="width"/> different ones.</param>
/// <param name="outputName">The member that holds the numbers, where a row, or all of the answers, is an object of several.</param>
internal sealed class AnswerReader(int width, IReadOnlyList<string> classes, string? outputName)
{
    private readonly Dictionary<string, int> places = PlacesOf(classes, width);

    /// <summary>Reads the answers.</summary>
    /// <param name="answers">Where they are.</param>
    /// <param name="count">How many are expected, at least 1.</param>
    /// <returns>As many rows of d_out finite numbers.</returns>
    /// <exception cref="BadAnswerException">They are not there.</exception>
    public float[][] Read(JsonElement answers, int count)
    {
        if (answers.ValueKind == JsonValueKind.Object)
        {
            return outputName is not null && answers.TryGetProperty(outputName, out var output) ? Read(output, count)
                : count == 1 ? Checked([Row(answers, 0)])
                : throw Unexpected(answers, count);
        }

        if (answers.ValueKind != JsonValueKind.Array || answers.GetArrayLength() == 0)
        {
            throw Unexpected(answers, count);
        }

        if (answers[0].ValueKind == JsonValueKind.Number && !(width == 1 && answers.GetArrayLength() == count))
        {
            return Flat(answers, count);
        }

        if (count == 1 && IsScore(answers[0]))
        {
            return Checked([Scores(answers, 0)]);
        }

        return answers.GetArrayLength() == count
            ? Checked([.. answers.EnumerateArray().Select(Row)])
            : throw Unexpected(answers, count);
    }

    /// <summary>All numbers one after the other, row-major.</summary>
    public float[][] Flat(JsonElement answers, int count)
    {
        var numbers = new List<float>();
        Gather(answers, numbers, 0);
        return numbers.Count == count * width
            ? [.. numbers.Chunk(width)]
            : throw new BadAnswerException($"expected {count} answer(s) of {width} number(s), {(long)count * width} in all; found {numbers.Count}")
            {
                Width = numbers.Count > 0 && numbers.Count % count == 0 ? numbers.Count / count : null,
            };
    }

    /// <summary>One number of an answer.</summary>
    /// <exception cref="BadAnswerException">It is none, or none that float32 can hold.</exception>
    public static float Number(JsonElement element, int answer)
    {
        if (element.ValueKind != JsonValueKind.Number)
        {
            throw new BadAnswerException($"expected a number in answer {answer}, found {Found.Kind(element)}");
        }

        return element.TryGetSingle(out var number) && float.IsFinite(number)
            ? number
            : throw new BadAnswerException($"answer {answer} has a number that is too large for float32");
    }

    private float[][] Checked(float[][] rows)
    {
        if (Array.TrueForAll(rows, row => row.Length == width))
        {
            return rows;
        }

        var (least, most) = (rows.Min(row => row.Length), rows.Max(row => row.Length));
        throw least == most
            ? new BadAnswerException($"expected {width} number(s) in each answer, found {most}") { Width = most > 0 ? most : null }
            : new BadAnswerException($"expected {width} number(s) in each answer, found from {least} to {most}");
    }

    private float[] Row(JsonElement row, int answer)
    {
        switch (row.ValueKind)
        {
            case JsonValueKind.Object:
                return outputName is not null && row.TryGetProperty(outputName, out var output) ? Row(output, answer) : Columns(row, answer);
            case JsonValueKind.Array when row.GetArrayLength() > 0 && IsScore(row[0]):
                return Scores(row, answer);
            default:
                var numbers = new List<float>(width);
                Gather(row, numbers, answer);
                return [.. numbers];
        }
    }

    /// <summary>The numbers of a value nested to any depth, which must be a box: arrays beside each other are of one size.</summary>
    private static void Gather(JsonElement element, List<float> numbers, int answer)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            numbers.Add(Number(element, answer));
            return;
        }

        var (size, kind) = (-1, JsonValueKind.Undefined);
        foreach (var part in element.EnumerateArray())
        {
            var before = numbers.Count;
            Gather(part, numbers, answer);
            if (size >= 0 && (numbers.Count - before != size || part.ValueKind != kind))
            {
                throw new BadAnswerException($"answer {answer} has parts of different sizes");
            }

            (size, kind) = (numbers.Count - before, part.ValueKind);
        }
    }

    /// <summary>A table may have a column that is called "label"; only beside a score is it one.</summary>
    private static bool IsScore(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty("label", out _) && element.TryGetProperty("score", out _);

    private float[] Scores(JsonElement scores, int answer)
    {
        if (classes.Count == 0)
        {
            throw new BadAnswerException($"answer {answer} is a list of labels and scores: name the labels in response.classes, in the order of the protected model's classes");
        }

        var row = new Mapped(this, answer);
        foreach (var score in scores.EnumerateArray())
        {
            if (!IsScore(score) || score.GetProperty("label") is not { ValueKind: JsonValueKind.String } label)
            {
                throw new BadAnswerException($"expected a label and a score in answer {answer}, found {Found.Kind(score)}");
            }

            row.Set(label.GetString()!, score.GetProperty("score"));
        }

        return row.Complete();
    }

    /// <summary>Columns that hold no number, such as the name of the best class, say nothing more than the others.</summary>
    private float[] Columns(JsonElement columns, int answer)
    {
        var row = new Mapped(this, answer);
        foreach (var column in columns.EnumerateObject())
        {
            if (column.Value.ValueKind == JsonValueKind.Number || places.ContainsKey(column.Name))
            {
                row.Set(column.Name, column.Value);
            }
        }

        return row.Complete();
    }

    /// <summary>Without declared classes columns are numbered, as a table without names is.</summary>
    private static Dictionary<string, int> PlacesOf(IReadOnlyList<string> classes, int width)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < (classes.Count > 0 ? classes.Count : width); i++)
        {
            places.Add(classes.Count > 0 ? classes[i] : $"{i}", i);
        }

        return places;
    }

    private static BadAnswerException Unexpected(JsonElement found, int count) => new($"expected {count} answer(s), found {Found.Kind(found)}");

    /// <summary>A row that is filled by label.</summary>
    private sealed class Mapped(AnswerReader reader, int answer)
    {
        private readonly float[] row = new float[reader.places.Count];
        private readonly bool[] filled = new bool[reader.places.Count];

        public void Set(string label, JsonElement number)
        {
            if (!reader.places.TryGetValue(label, out var place))
            {
                throw new BadAnswerException($"answer {answer} has {Found.Quoted(label)}, which is none of the declared classes (response.classes)");
            }

            if (filled[place])
            {
                throw new BadAnswerException($"answer {answer} has {Found.Quoted(label)} twice");
            }

            row[place] = Number(number, answer);
            filled[place] = true;
        }

        public float[] Complete() =>
            Array.IndexOf(filled, false) is var missing and >= 0
                ? throw new BadAnswerException(
                    $"answer {answer} has {filled.Count(one => one)} of {row.Length} classes; '{reader.places.First(place => place.Value == missing).Key}' is missing")
                : row;
    }
}
