using System.Buffers.Binary;

namespace Utaf.Data;

/// <summary>Types of numbers in binary files; the value's lowest byte is its size in bytes.</summary>
internal enum NumberType
{
    Bool = 0x001,
    UInt8 = 0x101,
    Int8 = 0x201,
    UInt16 = 0x102,
    Int16 = 0x202,
    UInt32 = 0x104,
    Int32 = 0x204,
    UInt64 = 0x108,
    Int64 = 0x208,
    Float16 = 0x302,
    Float32 = 0x304,
    Float64 = 0x308,
}

/// <summary>Reads numbers of any type as floats.</summary>
internal static class BinaryNumbers
{
    /// <summary>Reads exactly so many numbers, which must be the last of the stream.</summary>
    /// <exception cref="UtafException">UTAF1207: the stream ends before or goes on after them, or no array holds so many.</exception>
    public static float[] ReadToEnd(Stream stream, string origin, NumberType type, bool bigEndian, long count)
    {
        var size = (int)type & 0xff;
        if (count > Array.MaxLength)
        {
            throw Errors.BadDataFile(origin, $"at most {Array.MaxLength} numbers", $"{count}. Split the file");
        }

        // A damaged header may announce any count: memory grows with what is really there.
        var values = new float[Math.Min(count, 1 << 24)];
        var buffer = new byte[size << 16];
        var read = 0L;
        while (read < count)
        {
            var wanted = (int)Math.Min((count - read) * size, buffer.Length);
            var found = stream.ReadAtLeast(buffer.AsSpan(0, wanted), wanted, throwOnEndOfStream: false);
            if (found < wanted)
            {
                throw Errors.BadDataFile(origin, $"{count} numbers of type {type}", $"{read + (found / size)}: the file is truncated");
            }

            if (read + (found / size) > values.Length)
            {
                Array.Resize(ref values, (int)Math.Min(count, values.Length * 2L));
            }

            Decode(buffer.AsSpan(0, found), type, bigEndian, values.AsSpan((int)read));
            read += found / size;
        }

        return stream.ReadAtLeast(buffer.AsSpan(0, 1), 1, throwOnEndOfStream: false) == 0
            ? values
            : throw Errors.BadDataFile(origin, $"{count} numbers of type {type}, as its header says", "more bytes after them");
    }

    private static void Decode(ReadOnlySpan<byte> bytes, NumberType type, bool bigEndian, Span<float> values)
    {
        var size = (int)type & 0xff;
        if (type is NumberType.UInt8 or NumberType.Bool)
        {
            for (var i = 0; i < bytes.Length; i++)
            {
                values[i] = bytes[i];
            }

            return;
        }

        for (var i = 0; i * size < bytes.Length; i++)
        {
            var number = bytes.Slice(i * size, size);
            values[i] = bigEndian ? BigEndian(number, type) : LittleEndian(number, type);
        }
    }

    private static float LittleEndian(ReadOnlySpan<byte> bytes, NumberType type) => type switch
    {
        NumberType.Int8 => (sbyte)bytes[0],
        NumberType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        NumberType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
        NumberType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        NumberType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        NumberType.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        NumberType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        NumberType.Float16 => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes),
        NumberType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        NumberType.Float64 => (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No such type of numbers."),
    };

    private static float BigEndian(ReadOnlySpan<byte> bytes, NumberType type)
    {
        Span<byte> reversed = stackalloc byte[bytes.Length];
        bytes.CopyTo(reversed);
        reversed.Reverse();
        return LittleEndian(reversed, type);
    }
}
