using System.Buffers;

namespace Utaf.Endpoints;

/// <summary>Reads a response's body and stops where it becomes too large; what counts is its size after decompression.</summary>
internal static class CappedBody
{
    /// <exception cref="BadAnswerException">The body is larger than <paramref name="most"/> bytes.</exception>
    public static async Task<byte[]> ReadAsync(HttpContent content, long most, CancellationToken cancellationToken)
    {
        using var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using var body = new MemoryStream();
        var chunk = ArrayPool<byte>.Shared.Rent(1 << 16);
        try
        {
            int read;
            while ((read = await stream.ReadAsync(chunk, cancellationToken).ConfigureAwait(false)) > 0)
            {
                if (body.Length + read > most)
                {
                    throw new BadAnswerException($"the response is larger than {most} bytes (limits.maxResponseBytes)");
                }

                body.Write(chunk, 0, read);
            }

            return body.ToArray();
        }
        catch (InvalidDataException exception)
        {
            throw new BadAnswerException($"the response cannot be decompressed: {exception.Message}");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }
}
