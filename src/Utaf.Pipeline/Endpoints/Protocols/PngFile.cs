using System.Buffers.Binary;
using System.IO.Compression;

namespace Utaf.Endpoints.Protocols;

/// <summary>
/// Writes PNG files (ISO/IEC 15948) of 8 bits a channel. BigGustave writes few colours as a palette of fewer bits, which readers
/// that look at the stored numbers take for other images; and it has no grey.
/// </summary>
internal static class PngFile
{
    private const byte BitDepth = 8, Grey = 0, TrueColour = 2;

    private static readonly uint[] Crcs = [.. Enumerable.Range(0, 256).Select(CrcOf)];

    /// <summary>An image.</summary>
    /// <param name="levels">Row by row, [height, width, channels].</param>
    /// <param name="width">At least 1.</param>
    /// <param name="height">At least 1.</param>
    /// <param name="channels">1 for grey, 3 for red, green and blue.</param>
    public static byte[] Of(ReadOnlySpan<byte> levels, int width, int height, int channels)
    {
        using var png = new MemoryStream();
        png.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);

        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        header[8] = BitDepth;
        header[9] = channels == 1 ? Grey : TrueColour;
        header[10..].Clear();
        WriteChunk(png, "IHDR"u8, header);
        WriteChunk(png, "IDAT"u8, Packed(levels, width * channels));
        WriteChunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    private static byte[] Packed(ReadOnlySpan<byte> levels, int rowSize)
    {
        const byte NoFilter = 0;
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest))
        {
            for (; levels.Length > 0; levels = levels[rowSize..])
            {
                zlib.WriteByte(NoFilter);
                zlib.Write(levels[..rowSize]);
            }
        }

        return packed.ToArray();
    }

    private static void WriteChunk(MemoryStream png, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        png.Write(type);
        png.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(uint.MaxValue, type), data));
        png.Write(number);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var one in bytes)
        {
            crc = Crcs[(byte)(crc ^ one)] ^ (crc >> 8);
        }

        return crc;
    }

    private static uint CrcOf(int place)
    {
        var crc = (uint)place;
        for (var bit = 0; bit < 8; bit++)
        {
            crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
        }

        return crc;
    }
}
