using System.Buffers.Binary;
using System.IO.Compression;

namespace Utaf.Data;

/// <summary>
/// Decompresses gzip and refuses an early end. <see cref="GZipStream"/> takes a truncated file for a shorter one, and a table would lose
/// its last rows without a word; the size that ends every gzip file (RFC 1952, ISIZE) tells.
/// </summary>
internal sealed class CompleteGzipStream : Stream
{
    /// <summary>A header of 10 bytes, an empty block of 2 and a trailer of 8.</summary>
    private const int SmallestFile = 20;

    private readonly GZipStream inner;
    private readonly string path;
    private readonly uint announced;
    private uint found;

    /// <summary>Reads from the beginning of a seekable file, which the new stream owns.</summary>
    public CompleteGzipStream(FileStream file, string path)
    {
        this.path = path;
        if (file.Length < SmallestFile)
        {
            throw Errors.BadDataFile(path, "a complete gzip file", $"one that is truncated after {file.Length} bytes");
        }

        Span<byte> trailer = stackalloc byte[sizeof(uint)];
        file.Seek(-trailer.Length, SeekOrigin.End);
        file.ReadExactly(trailer);
        announced = BinaryPrimitives.ReadUInt32LittleEndian(trailer);
        file.Position = 0;
        inner = new GZipStream(file, CompressionMode.Decompress);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var count = inner.Read(buffer);
        found = unchecked(found + (uint)count);
        return count > 0 || buffer.IsEmpty || found == announced
            ? count
            : throw Errors.BadDataFile(
                path,
                $"a gzip file of {announced} bytes, as its last bytes say",
                $"{found} bytes: it is truncated, or several files in one. Fetch it again, or decompress it first");
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
