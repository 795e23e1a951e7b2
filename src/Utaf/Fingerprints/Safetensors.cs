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
        Span<byte> length = stackalloc byte[LengthBytes];
        if (stream.ReadAtLeast(length, LengthBytes, throwOnEndOfStream: false) < LengthBytes
            || BinaryPrimitives.ReadUInt64LittleEndian(length) is var headerLength && headerLength > MaximumHeader)
        {
            return false;
        }

        var header = new byte[headerLength];
        if (stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length)
        {
            return false;
        }

        try
        {
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

    /// <summary>Reads a file. The tensors' data point into <paramref name="bytes"/>, which must not change afterwards.</summary>
    /// <exception cref="FormatException">The file is damaged or no safetensors file.</exception>
    public static SafetensorsFile Read(byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        if (bytes.Length < LengthBytes)
        {
            throw new FormatException($"the file has {bytes.Length} bytes, too few for a safetensors header.");
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        if (length > MaximumHeader)
        {
            throw new FormatException($"the header claims {length} bytes, at most {MaximumHeader} are allowed.");
        }

        if (length > (ulong)(bytes.Length - LengthBytes))
        {
            throw new FormatException($"the header claims {length} bytes, the file has {bytes.Length - LengthBytes} after its length: it is cut short.");
        }

        var header = bytes.AsMemory(LengthBytes, (int)length);
        var data = bytes.AsMemory(LengthBytes + (int)length);
        return SafetensorsHeader.Parse(header, data, MetadataKey);
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
