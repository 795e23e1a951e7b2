using System.Security.Cryptography;
using Utaf.Configuration;

namespace Utaf.Endpoints;

/// <summary>
/// The evidence of one verification of one suspect: every request, with digests of what was sent and what came back. Beside it
/// lie the answers of a verification that is not complete, so that the next run goes on where a killed one stopped.
/// </summary>
/// <remarks>For one verification at a time; not safe for several threads. See docs/evidence.md.</remarks>
public sealed class Transcript : IDisposable
{
    private readonly JsonLines? file;
    private readonly TimeProvider time;
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly List<string> notes = [];
    private readonly HashSet<int> unanswered = [];
    private DateTimeOffset? first;
    private DateTimeOffset? last;

    private Transcript(JsonLines? file, TimeProvider time)
    {
        this.file = file;
        this.time = time;
    }

    /// <summary>Inputs sent so far, repeats and interrupted requests counted.</summary>
    public int Queries { get; private set; }

    internal AnswerJournal Answers { get; private set; } = null!;

    /// <summary>SHA-256 of the pair, the address and what else decides what an answer means.</summary>
    internal string QuestionSha256 { get; private init; } = "";

    /// <summary>The number of the last request.</summary>
    internal int Sent { get; private set; }

    /// <summary>Begins a transcript, or goes on with that of an interrupted verification.</summary>
    /// <remarks>
    /// A transcript that is <see cref="Complete">complete</see>, or of another pair, address or way of asking, is kept under a
    /// name with its time, and a new one is begun.
    /// </remarks>
    /// <param name="folder">The evidence folder of this suspect and pair; null: nothing is kept.</param>
    /// <param name="pairSha256">The pair's identity.</param>
    /// <param name="suspect">The suspect, with its address.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="UtafException">UTAF1637: it was changed or damaged. UTAF1638: it is being written by another process.</exception>
    public static Transcript Open(string? folder, string pairSha256, SuspectSettings suspect, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(suspect);
        ArgumentNullException.ThrowIfNull(suspect.Url);
        var question = QuestionOf(pairSha256, suspect);
        var start = new TranscriptStart(1, suspect.Name, suspect.Url.WithoutSecrets(), pairSha256, question, time.GetUtcNow());
        if (folder is null)
        {
            return Begin(null, null, start, time);
        }

        var kept = new TranscriptFolder(folder);
        kept.Create();
        var (path, answersPath) = (kept.TranscriptPath, kept.AnswersPath);
        var lines = JsonLines.Open(path, secret: false, out var content);
        try
        {
            if (content.Count > 0)
            {
                if (AnswerJournal.Resume(answersPath, question) is { } answers)
                {
                    return GoOn(lines, content, answers, question, time);
                }

                lines.Dispose();
                kept.Archive(content[0]);
                lines = JsonLines.Open(path, secret: false, out _);
            }

            return Begin(lines, answersPath, start, time);
        }
        catch
        {
            lines.Dispose();
            throw;
        }
    }

    /// <summary>SHA-256 of everything that decides what an API's answer means.</summary>
    internal static string QuestionOf(string pairSha256, SuspectSettings suspect) =>
        DigestOf(new Question(pairSha256, suspect.Url!, suspect.Protocol, suspect.Request, suspect.Response));

    /// <summary>What the transcript says so far.</summary>
    /// <param name="budget">The most inputs that might have been sent, see <see cref="ApiSuspect.QueryBudget"/>.</param>
    public TranscriptSummary Summary(int budget) => new(
        Sent,
        Queries,
        budget,
        unanswered.Count,
        first,
        last,
        Convert.ToHexStringLower(hash.GetCurrentHash()),
        file?.Path,
        [.. notes]);

    /// <summary>
    /// Says that the verification's result is safe: the answers are removed, and the next one begins anew. To be called after the
    /// verdict has been written, whatever it is.
    /// </summary>
    public void Complete() => Answers.Delete();

    /// <summary>Closes the files and removes them: nothing was sent, so they say nothing.</summary>
    public void Discard()
    {
        Complete();
        Dispose();
        if (file is not null)
        {
            File.Delete(file.Path);
        }
    }

    /// <summary>Closes the files. Without <see cref="Complete"/> the next run goes on from here.</summary>
    public void Dispose()
    {
        file?.Dispose();
        Answers?.Dispose();
        hash.Dispose();
    }

    /// <summary>Records that a request is about to go out. From now on its inputs count.</summary>
    internal Sending Begin(Uri address, int attempt, int queries, string requestSha256)
    {
        var sending = new Sending(Sent + 1, attempt, address.WithoutSecrets(), time.GetUtcNow(), queries, requestSha256);
        Write(new TranscriptLine { Sending = sending });
        return sending;
    }

    /// <summary>Records what became of it.</summary>
    internal void End(Exchange exchange) => Write(new TranscriptLine { Exchange = exchange });

    /// <summary>Adds something that the reader of a report should know, once.</summary>
    internal void Note(string note)
    {
        if (!notes.Contains(note))
        {
            Write(new TranscriptLine { Note = note });
        }
    }

    private static Transcript Begin(JsonLines? lines, string? answersPath, TranscriptStart start, TimeProvider time)
    {
        var transcript = new Transcript(lines, time)
        {
            QuestionSha256 = start.QuestionSha256,
            Answers = AnswerJournal.Begin(answersPath, start.QuestionSha256),
        };
        transcript.Write(new TranscriptLine { Start = start });
        return transcript;
    }

    private static Transcript GoOn(
        JsonLines lines, IReadOnlyList<ReadOnlyMemory<byte>> content, AnswerJournal answers, string question, TimeProvider time)
    {
        var transcript = new Transcript(lines, time) { QuestionSha256 = question, Answers = answers };
        try
        {
            for (var i = 0; i < content.Count; i++)
            {
                var line = TranscriptLine.Parse(content[i].Span);
                if (line is null || (i == 0 && line.Start?.QuestionSha256 != question))
                {
                    throw Errors.DamagedTranscript(lines.Path, i + 1);
                }

                transcript.Count(line);
                transcript.hash.AppendData([.. content[i].Span, (byte)'\n']);
            }

            return transcript;
        }
        catch
        {
            transcript.Dispose();
            throw;
        }
    }

    private void Write(TranscriptLine line)
    {
        byte[] bytes = [.. CompiledJson.Line(line, WrittenTranscriptJson.Default.TranscriptLine), (byte)'\n'];
        file?.Append(bytes);
        hash.AppendData(bytes);
        Count(line);
    }

    private void Count(TranscriptLine line)
    {
        if (line.Sending is { } sending)
        {
            Sent = sending.Number;
            Queries += sending.Queries;
            unanswered.Add(sending.Number);
            first ??= sending.SentUtc;
            last = sending.SentUtc;
        }
        else if (line.Exchange is { } exchange)
        {
            last = exchange.SentUtc + exchange.Duration;
            if (exchange.Problem is null)
            {
                unanswered.Remove(exchange.Number);
            }
        }
        else if (line.Note is { } note)
        {
            notes.Add(note);
        }
    }

    private static string DigestOf(Question question) =>
        Convert.ToHexStringLower(SHA256.HashData(CompiledJson.Line(question, WrittenTranscriptJson.Default.Question)));
}
