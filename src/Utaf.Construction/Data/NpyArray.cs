using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Utaf.Data;

/// <summary>Reads one array in NumPy's format, versions 1 to 3 (NEP 1 and numpy.lib.format).</summary>
internal static partial class NpyArray
{
    /// <summary>Headers of arrays of numbers are far shorter; only structured types, which are refused anyway, need more.</summary>
    private const int LongestHeader = 1 << 16;

    private static readonly byte[] Magic = [0x93, .. "NUMPY"u8];

    /// <summary>Reads the array that makes up the whole stream.</summary>
    /// <exception cref="UtafException">UTAF1207: it is no array of numbers in this format, or truncated.</exception>
    public static NumberArray Read(Stream stream, string origin)
    {
        var header = ReadHeader(stream, origin);
        var (type, bigEndian) = NumberTypeOf(header, origin);
        var shape = ShapeOf(header, origin);
        var count = shape.Aggregate(1L, (product, dimension) => Math.Min(product * dimension, long.MaxValue >> 32));
        var values = BinaryNumbers.ReadToEnd(stream, origin, type, bigEndian, count);
        return new NumberArray(shape, type, IsFortranOrder(header, origin) ? FromFortranOrder(values, shape) : values);
    }

    private static string ReadHeader(Stream stream, string origin)
    {
        Span<byte> start = stackalloc byte[8];
        if (stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start.StartsWith(Magic))
        {
            throw Errors.BadDataFile(origin, "a NumPy array, which starts with \\x93NUMPY", "other bytes");
        }

        var version = start[6];
        if (version is < 1 or > 3)
        {
            throw Errors.BadDataFile(origin, "version 1, 2 or 3 of NumPy's format", $"version {version}");
        }

        Span<byte> length = stackalloc byte[version == 1 ? 2 : 4];
        stream.ReadExactly(length);
        var size = version == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(length) : BinaryPrimitives.ReadUInt32LittleEndian(length);
        if (size > LongestHeader)
        {
            throw Errors.BadDataFile(origin, $"a NumPy header of at most {LongestHeader} bytes", $"{size} bytes");
        }

        var header = new byte[size];
        stream.ReadExactly(header);
        return (version == 3 ? Encoding.UTF8 : Encoding.Latin1).GetString(header);
    }

    private static (NumberType Type, bool BigEndian) NumberTypeOf(string header, string origin)
    {
        var found = Descr().Match(header);
        if (!found.Success)
        {
            throw Errors.BadDataFile(
                origin, "an array of numbers", "a structured array or an unreadable header. Save its columns as one array of numbers");
        }

        NumberType? type = found.Groups["type"].Value switch
        {
            "b1" => NumberType.Bool,
            "u1" => NumberType.UInt8,
            "i1" => NumberType.Int8,
            "u2" => NumberType.UInt16,
            "i2" => NumberType.Int16,
            "u4" => NumberType.UInt32,
            "i4" => NumberType.Int32,
            "u8" => NumberType.UInt64,
            "i8" => NumberType.Int64,
            "f2" => NumberType.Float16,
            "f4" => NumberType.Float32,
            "f8" => NumberType.Float64,
            ['O', ..] => throw Errors.BadDataFile(
                origin,
                "an array of numbers",
                "an object array (a pickle, which can run code and is not read). In Python, save array.astype('float32')"),
            _ => null,
        };
        return type is { } known
            ? (known, found.Groups["order"].Value == ">")
            : throw Errors.BadDataFile(
                origin, "an array of numbers (b1, i1 to i8, u1 to u8, f2, f4 or f8)", $"the type '{found.Groups["type"].Value}'");
    }

    private static int[] ShapeOf(string header, string origin)
    {
        var found = ShapeTuple().Match(header);
        var parts = found.Groups["shape"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var shape = new int[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i].TrimEnd('L'), NumberStyles.None, CultureInfo.InvariantCulture, out shape[i]))
            {
                throw Errors.BadDataFile(origin, $"dimensions below {int.MaxValue}", $"the shape ({found.Groups["shape"].Value})");
            }
        }

        return found.Success ? shape : throw Errors.BadDataFile(origin, "a NumPy header with a 'shape'", "none");
    }

    private static bool IsFortranOrder(string header, string origin)
    {
        var found = FortranOrder().Match(header);
        return found.Success
            ? found.Groups["value"].Value == "True"
            : throw Errors.BadDataFile(origin, "a NumPy header with 'fortran_order'", "none");
    }

    /// <summary>From column-major, where the first index runs fastest, to row-major.</summary>
    private static float[] FromFortranOrder(float[] values, int[] shape)
    {
        var strides = new int[shape.Length];
        for (var (d, stride) = (0, 1); d < shape.Length; stride *= shape[d++])
        {
            strides[d] = stride;
        }

        var result = new float[values.Length];
        var index = new int[shape.Length];
        var from = 0;
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = values[from];
            for (var d = shape.Length - 1; d >= 0; d--)
            {
                from += strides[d];
                if (++index[d] < shape[d])
                {
                    break;
                }

                from -= strides[d] * shape[d];
                index[d] = 0;
            }
        }

        return result;
    }

    [GeneratedRegex(@"'descr':\s*'(?<order>[<>|=]?)(?<type>\w+)'")]
    private static partial Regex Descr();

    [GeneratedRegex(@"'shape':\s*\((?<shape>[^)]*)\)")]
    private static partial Regex ShapeTuple();

    [GeneratedRegex(@"'fortran_order':\s*(?<value>True|False)")]
    private static partial Regex FortranOrder();
}
