using System.Globalization;
using System.Text;

namespace Utaf.Endpoints;

/// <summary>Where the evidence of one suspect and one pair lies: the transcript, those of earlier verifications, and the answers of one that is not complete.</summary>
/// <param name="Path">The folder, which need not be there.</param>
internal sealed record TranscriptFolder(string Path)
{
    /// <summary>The transcript that is written to.</summary>
    public string TranscriptPath => System.IO.Path.Combine(Path, "transcript.jsonl");

    /// <summary>The answers that an interrupted verification left.</summary>
    public string AnswersPath => System.IO.Path.Combine(Path, "answers.jsonl");

    /// <summary>What was asked, see <see cref="Question"/>; null if there is no transcript that can be read.</summary>
    public string? QuestionSha256 => StartOf(TranscriptPath)?.QuestionSha256;

    /// <summary>When the first transcript in the folder was begun; null if there is none that can be read.</summary>
    public DateTimeOffset? Begun => Directory.EnumerateFiles(Path, "transcript*.jsonl").Min(path => StartOf(path)?.CreatedUtc);

    /// <summary>Makes the folder where it is not there.</summary>
    /// <exception cref="UtafException">UTAF1309.</exception>
    public void Create() => Changed(Path, () => Directory.CreateDirectory(Path));

    /// <summary>Gives the transcript a name with its time.</summary>
    /// <param name="firstLine">Its first line, which says when it was begun.</param>
    /// <exception cref="UtafException">UTAF1309.</exception>
    public void Archive(ReadOnlyMemory<byte> firstLine)
    {
        var begun = (TranscriptLine.Parse(firstLine.Span)?.Start?.CreatedUtc ?? File.GetLastWriteTimeUtc(TranscriptPath))
            .ToUniversalTime().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var stem = System.IO.Path.Combine(Path, $"transcript-{begun}");
        var archive = Enumerable.Range(1, int.MaxValue).Select(i => i == 1 ? $"{stem}.jsonl" : $"{stem}-{i}.jsonl").First(name => !File.Exists(name));
        Changed(archive, () => File.Move(TranscriptPath, archive));
    }

    /// <summary>Removes the answers that a process left which was killed after its verdict was safe.</summary>
    /// <exception cref="UtafException">UTAF1309.</exception>
    public void RemoveAnswers()
    {
        // A model file has no answers, and no folder.
        if (Directory.Exists(Path))
        {
            Changed(AnswersPath, () => File.Delete(AnswersPath));
        }
    }

    private static void Changed(string path, Action change)
    {
        try
        {
            change();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Errors.Unwritable(path, exception);
        }
    }

    private static TranscriptStart? StartOf(string path)
    {
        try
        {
            using var lines = new StreamReader(path);
            return TranscriptLine.Parse(Encoding.UTF8.GetBytes(lines.ReadLine() ?? ""))?.Start;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
