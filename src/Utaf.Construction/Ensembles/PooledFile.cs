using System.Buffers;

namespace Utaf.Ensembles;

/// <summary>
/// A file's bytes in a buffer that is used again for the next one: an ensemble of large networks is gigabytes, and what each of
/// them was read into would wait for a collection.
/// </summary>
internal sealed class PooledFile : IDisposable
{
    private byte[]? buffer;

    private PooledFile(byte[] buffer, int length)
    {
        this.buffer = buffer;
        Bytes = buffer.AsMemory(0, length);
    }

    /// <summary>The content, until this is disposed.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="FormatException">It is above 2 GB.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static PooledFile Read(string path)
    {
        using var stream = File.OpenRead(path);
        if (stream.Length > Array.MaxLength)
        {
            throw new FormatException("the file has more than 2 GB.");
        }

        var length = (int)stream.Length;
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            stream.ReadExactly(buffer, 0, length);
            return new(buffer, length);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = null;
        }
    }
}
