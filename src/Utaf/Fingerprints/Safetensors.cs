using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Utaf.Fingerprints;

/// <summary>
/// The safetensors format (github.com/huggingface/safetensors, section "Format"): 8 bytes with the header's length, the header
/// in JSON, the tensors' bytes without holes. Everything is checked on reading; nothing in a file is ever run.
/// </summary>
public static class Safetensors
{
    private const int LengthBytes = 8;
    private const int MaximumHeader = 100_000_000;
    private const string MetadataKey = "__metadata__";

    private static readonly JsonWriterOptions HeaderOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The file's bytes. Tensors keep their order and metadata is sorted by key: the same content gives the same bytes.</summary>
    /// <exception cref="ArgumentException">
    /// A name occurs twice or is <c>__metadata__</c>, a size does not fit its type and shape, or the header is above 100 MB.
    /// </exception>
    public static byte[] Write(SafetensorsFile file)
    {
        using var stream = new MemoryStream();
        Write(file, stream);
        return stream.ToArray();
    }

    /// <inheritdoc cref="Write(SafetensorsFile)"/>
    /// <param name="file">What to write.</param>
    /// <param name="stream">Written from its present position.</param>
    public static void Write(SafetensorsFile file, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(stream);
        Validate(file.Tensors);

        var header = Header(file);
        var padding = -header.Length & (LengthBytes - 1);
        if (header.Length + padding > MaximumHeader)
        {
            throw new ArgumentException($"The header has {header.Length} bytes, expected at most {MaximumHeader}.", nameof(file));
        }

        Span<byte> length = stackalloc byte[LengthBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)(header.Length + padding));
        stream.Write(length);
        stream.Write(header);
        stream.Write("       "u8[..padding]);
        foreach (var tensor in file.Tensors)
        {
            stream.Write(tensor.Data.Span);
        }
    }

    /// <summary>Reads a file up to the stream's end.</summary>
    /// <exception cref="FormatException">The file is damaged, no safetensors file, or above 2 GB.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static SafetensorsFile Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (stream.CanSeek && stream.Length - stream.Position > Array.MaxLength)
        {
            throw new FormatException("the file has more than 2 GB.");
        }

        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        return Read(buffer.ToArray());
    }

    /// <summary>Whether a file is as long as its header says: one that was cut short, as by a full disk, is not. Only the header is read.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static bool IsWhole(string path)
    {
        using var stream = File.OpenRead(path);
        try
        {
            var header = HeaderOf(stream);
            using var document = JsonDocument.Parse(header);
            var end = document.RootElement.EnumerateObject()
                .Where(entry => entry.Name != MetadataKey)
                .Select(entry => entry.Value.GetProperty("data_offsets")[1].GetInt64())
                .DefaultIfEmpty(0)
                .Max();
            return stream.Length == LengthBytes + header.Length + end;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or IndexOutOfRangeException or FormatException)
        {
            return false;
        }
    }

    /// <summary>The metadata of a file, of which only the header is read: tensors may be large.</summary>
    /// <exception cref="FormatException">The header is damaged, or the file no safetensors file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyDictionary<string, string> ReadMetadata(string path)
    {
        using var stream = File.OpenRead(path);
        return SafetensorsHeader.ParseMetadata(HeaderOf(stream), MetadataKey);
    }

    /// <inheritdoc cref="Read(ReadOnlyMemory{byte})"/>
    public static SafetensorsFile Read(byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return Read(bytes.AsMemory());
    }

    /// <summary>Reads a file. The tensors' data point into <paramref name="bytes"/>, which must not change afterwards.</summary>
    /// <exception cref="FormatException">The file is damaged or no safetensors file.</exception>
    public static SafetensorsFile Read(ReadOnlyMemory<byte> bytes)
    {
        var length = HeaderLength(bytes.Span, bytes.Length);
        return SafetensorsHeader.Parse(bytes.Slice(LengthBytes, length), bytes[(LengthBytes + length)..], MetadataKey);
    }

    /// <summary>The header's bytes; the stream is left at the first tensor.</summary>
    private static byte[] HeaderOf(Stream stream)
    {
        Span<byte> start = stackalloc byte[LengthBytes];
        var read = stream.ReadAtLeast(start, LengthBytes, throwOnEndOfStream: false);
        var header = new byte[HeaderLength(start[..read], stream.Length)];
        stream.ReadExactly(header);
        return header;
    }

    /// <summary>How long the header is.</summary>
    /// <param name="start">The file's first bytes, 8 of them unless it has fewer.</param>
    /// <param name="fileLength">Bytes in the file.</param>
    private static int HeaderLength(ReadOnlySpan<byte> start, long fileLength)
    {
        if (start.Length < LengthBytes)
        {
            throw new FormatException($"the file has {start.Length} bytes, too few for a safetensors header.");
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (length > MaximumHeader)
        {
            throw new FormatException($"the header claims {length} bytes, at most {MaximumHeader} are allowed.");
        }

        return length <= (ulong)(fileLength - LengthBytes)
            ? (int)length
            : throw new FormatException($"the header claims {length} bytes, the file has {fileLength - LengthBytes} after its length: it is cut short.");
    }

    private static byte[] Header(SafetensorsFile file)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, HeaderOptions))
        {
            json.WriteStartObject();
            if (file.Metadata.Count > 0)
            {
                json.WriteStartObject(MetadataKey);
                foreach (var (key, value) in file.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            var offset = 0L;
            foreach (var tensor in file.Tensors)
            {
                WriteTensor(json, tensor, offset);
                offset += tensor.Data.Length;
            }

            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void WriteTensor(Utf8JsonWriter json, SafetensorsTensor tensor, long offset)
    {
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", tensor.DType);
        json.WriteStartArray("shape");
        foreach (var dimension in tensor.Shape)
        {
            json.WriteNumberValue(dimension);
        }

        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(offset);
        json.WriteNumberValue(offset + tensor.Data.Length);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Validate(IReadOnlyList<SafetensorsTensor> tensors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { MetadataKey };
        foreach (var tensor in tensors)
        {
            if (!names.Add(tensor.Name))
            {
                throw new ArgumentException($"The tensor name '{tensor.Name}' occurs twice or is reserved.", nameof(tensors));
            }

            if (SafetensorsTensor.SizeOf(tensor.DType, tensor.Shape) != tensor.Data.Length)
            {
                throw new ArgumentException(
                    $"The tensor '{tensor.Name}' has {tensor.Data.Length} bytes, which does not fit {tensor.DType} [{string.Join(", ", tensor.Shape)}].",
                    nameof(tensors));
            }
        }
    }
}
