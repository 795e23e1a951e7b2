using System.Buffers.Binary;

namespace Utaf.Fingerprints;

/// <summary>A safetensors file's content.</summary>
/// <param name="Metadata">Free text by key (<c>__metadata__</c> in the header).</param>
/// <param name="Tensors">The tensors in the order of their bytes in the file.</param>
public sealed record SafetensorsFile(IReadOnlyDictionary<string, string> Metadata, IReadOnlyList<SafetensorsTensor> Tensors);

/// <summary>One named tensor of a safetensors file.</summary>
/// <param name="Name">Unique in its file.</param>
/// <param name="DType">One of F64, F32, F16, BF16, I64, I32, I16, I8, U8, BOOL.</param>
/// <param name="Shape">Each size at least 0; [] is one number.</param>
/// <param name="Data">The numbers, little-endian, row-major ("C" order).</param>
public sealed record SafetensorsTensor(string Name, string DType, long[] Shape, ReadOnlyMemory<byte> Data)
{
    /// <summary>A float32 tensor.</summary>
    /// <exception cref="ArgumentException">The shape's product is not the number of values.</exception>
    public static SafetensorsTensor FromSingles(string name, long[] shape, ReadOnlySpan<float> values)
    {
        var data = new byte[checked(values.Length * sizeof(float))];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(data.AsSpan(i * sizeof(float)), values[i]);
        }

        return Fitting(new SafetensorsTensor(name, "F32", shape, data));
    }

    /// <summary>A tensor of 64-bit integers.</summary>
    /// <exception cref="ArgumentException">The shape's product is not the number of values.</exception>
    public static SafetensorsTensor FromInt64(string name, long[] shape, ReadOnlySpan<long> values)
    {
        var data = new byte[checked(values.Length * sizeof(long))];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(data.AsSpan(i * sizeof(long)), values[i]);
        }

        return Fitting(new SafetensorsTensor(name, "I64", shape, data));
    }

    /// <summary>The values of a float32 tensor, row-major.</summary>
    /// <exception cref="FormatException">The tensor is of another type.</exception>
    public float[] ToSingles()
    {
        Expect("F32");
        var values = new float[Data.Length / sizeof(float)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadSingleLittleEndian(Data.Span[(i * sizeof(float))..]);
        }

        return values;
    }

    /// <summary>The values of a tensor of 64-bit integers, row-major.</summary>
    /// <exception cref="FormatException">The tensor is of another type.</exception>
    public long[] ToInt64()
    {
        Expect("I64");
        var values = new long[Data.Length / sizeof(long)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadInt64LittleEndian(Data.Span[(i * sizeof(long))..]);
        }

        return values;
    }

    /// <summary>Bytes that a tensor of this type and shape has, or null if the type is unknown or the shape impossible.</summary>
    internal static long? SizeOf(string dtype, IEnumerable<long> shape)
    {
        long? size = dtype switch
        {
            "F64" or "I64" => 8,
            "F32" or "I32" => 4,
            "F16" or "BF16" or "I16" => 2,
            "I8" or "U8" or "BOOL" => 1,
            _ => null,
        };

        foreach (var dimension in shape)
        {
            // A product beyond 64 bits is no file's; a later zero would not make it one.
            size = dimension < 0 || (dimension > 0 && size > long.MaxValue / dimension) ? null : size * dimension;
        }

        return size;
    }

    private static SafetensorsTensor Fitting(SafetensorsTensor tensor) =>
        SizeOf(tensor.DType, tensor.Shape) == tensor.Data.Length
            ? tensor
            : throw new ArgumentException($"The shape [{string.Join(", ", tensor.Shape)}] does not fit {tensor.Data.Length} bytes of {tensor.DType}.");

    private void Expect(string dtype)
    {
        if (DType != dtype)
        {
            throw new FormatException($"The tensor '{Name}' has type {DType}, expected {dtype}.");
        }
    }
}
