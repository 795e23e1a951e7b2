using System.Buffers.Binary;
using System.Text.Json;

namespace Utaf.Endpoints;

/// <summary>
/// The answers that a suspect has given so far, kept in a private file so that an interrupted verification asks none of them
/// twice. It holds answers, so it is gone once the verification is complete.
/// </summary>
internal sealed class AnswerJournal : IDisposable
{
    private readonly JsonLines? file;
    private readonly Dictionary<int, float[]> rows = [];
    private readonly List<int[]> batches = [];

    private AnswerJournal(JsonLines? file) => this.file = file;

    /// <summary>The answer to each input that was answered.</summary>
    public IReadOnlyDictionary<int, float[]> Rows => rows;

    /// <summary>Which inputs were answered by one response, in its order.</summary>
    public IReadOnlyList<int[]> Batches => batches;

    /// <summary>What the check of the order said; null if it was not made.</summary>
    public OrderFinding? Order { get; private set; }

    /// <summary>No answers yet.</summary>
    /// <param name="path">The file, which is made or emptied; null: they are kept in memory only.</param>
    /// <param name="questionSha256">What they answer.</param>
    public static AnswerJournal Begin(string? path, string questionSha256)
    {
        if (path is null)
        {
            return new AnswerJournal(null);
        }

        var file = JsonLines.Open(path, secret: true, out _);
        file.Clear();
        var answers = new AnswerJournal(file);
        answers.Write(new AnswerLine { QuestionSha256 = questionSha256 });
        return answers;
    }

    /// <summary>The answers of an interrupted verification.</summary>
    /// <returns>Null if there is no such file, or its answers are to another question.</returns>
    public static AnswerJournal? Resume(string path, string questionSha256)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var file = JsonLines.Open(path, secret: true, out var lines);
        var answers = new AnswerJournal(file);
        if (lines.Count == 0 || Parse(lines[0])?.QuestionSha256 != questionSha256)
        {
            file.Dispose();
            return null;
        }

        foreach (var line in lines.Skip(1))
        {
            answers.Take(Parse(line));
        }

        return answers;
    }

    public void Add(int[] examples, float[][] answered)
    {
        Keep(examples, answered);
        Write(new AnswerLine { Batch = new AnsweredBatch(examples, answered[0].Length, Pack(answered)) });
    }

    public void SetOrder(OrderFinding order)
    {
        Order = order;
        Write(new AnswerLine { Order = order });
    }

    /// <summary>Removes the file: the verification is complete.</summary>
    public void Delete()
    {
        Dispose();
        try
        {
            if (file is not null)
            {
                File.Delete(file.Path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Errors.Unwritable(file!.Path, exception);
        }
    }

    public void Dispose() => file?.Dispose();

    /// <summary>A line that cannot be read costs its inputs a second asking, no more.</summary>
    private void Take(AnswerLine? line)
    {
        if (line?.Batch is { } batch && Unpack(batch) is { } answered)
        {
            Keep(batch.Examples, answered);
        }

        Order = line?.Order ?? Order;
    }

    private void Keep(int[] examples, float[][] answered)
    {
        batches.Add(examples);
        foreach (var (example, row) in examples.Zip(answered))
        {
            rows[example] = row;
        }
    }

    private void Write(AnswerLine line) =>
        file?.Append([.. CompiledJson.Line(line, WrittenTranscriptJson.Default.AnswerLine), (byte)'\n']);

    private static AnswerLine? Parse(ReadOnlyMemory<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line.Span, TranscriptJson.Default.AnswerLine);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Pack(float[][] answered)
    {
        var values = answered.SelectMany(row => row).ToArray();
        var bytes = new byte[values.Length * sizeof(float)];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        }

        return Convert.ToBase64String(bytes);
    }

    private static float[][]? Unpack(AnsweredBatch batch)
    {
        if (batch is not { Examples.Length: > 0, Width: > 0, Rows: not null })
        {
            return null;
        }

        var bytes = new byte[(batch.Rows.Length * 3 / 4) + 3];
        if (!Convert.TryFromBase64String(batch.Rows, bytes, out var written)
            || written != (long)batch.Examples.Length * batch.Width * sizeof(float))
        {
            return null;
        }

        var values = Enumerable.Range(0, written / sizeof(float))
            .Select(i => BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(i * sizeof(float))));
        return [.. values.Chunk(batch.Width)];
    }
}
