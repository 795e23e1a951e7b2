namespace Utaf.Endpoints;

/// <summary>
/// A file of lines that only grows. Each line reaches the operating system before <see cref="Append"/> returns, so a process
/// that is killed loses at most the line it was writing; what is left of that is cut off when the file is opened again.
/// </summary>
internal sealed class JsonLines : IDisposable
{
    private readonly FileStream stream;

    private JsonLines(string path, FileStream stream)
    {
        Path = path;
        this.stream = stream;
    }

    public string Path { get; }

    /// <summary>Opens or makes a file that no other process may open meanwhile.</summary>
    /// <param name="path">The file.</param>
    /// <param name="secret">Whether only its owner may read it (on Unix; elsewhere its folder's permissions hold).</param>
    /// <param name="content">The complete lines that are there, without their ends.</param>
    /// <exception cref="UtafException">UTAF1638: it is open elsewhere or cannot be written.</exception>
    public static JsonLines Open(string path, bool secret, out IReadOnlyList<ReadOnlyMemory<byte>> content)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = 0,
        };
        if (secret && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        FileStream? stream = null;
        try
        {
            stream = new FileStream(path, options);
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            var complete = Array.LastIndexOf(bytes, (byte)'\n') + 1;
            stream.SetLength(complete);
            stream.Seek(0, SeekOrigin.End);
            content = Split(bytes.AsMemory(0, complete));
            return new JsonLines(path, stream);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            stream?.Dispose();
            throw Errors.TranscriptInUse(path, exception);
        }
    }

    /// <summary>Adds a line.</summary>
    /// <param name="line">The line with its end, in one write.</param>
    /// <exception cref="UtafException">UTAF1309: the disk is full, or was taken away.</exception>
    public void Append(ReadOnlySpan<byte> line)
    {
        try
        {
            stream.Write(line);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Errors.Unwritable(Path, exception);
        }
    }

    public void Clear() => stream.SetLength(0);

    public void Dispose() => stream.Dispose();

    private static List<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> bytes)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        while (bytes.Length > 0)
        {
            var end = bytes.Span.IndexOf((byte)'\n');
            lines.Add(bytes[..end]);
            bytes = bytes[(end + 1)..];
        }

        return lines;
    }
}
