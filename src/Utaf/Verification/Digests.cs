using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Utaf.Verification;

/// <summary>Digests of what went out and what came back, which both sides of a dispute can compute again.</summary>
internal static class Digests
{
    /// <summary>SHA-256 of float32 values, little-endian, as 64 lower-case hexadecimal digits.</summary>
    public static string Of(ReadOnlySpan<float> values)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, values);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>SHA-256 of all rows; the rows are finite, so one of NaN marks a missing answer beyond doubt.</summary>
    public static string Of(SuspectOutputs outputs)
    {
        // float.NaN of .NET has its sign bit set; NumPy's and PyTorch's nan has not.
        var missing = new float[Math.Max(outputs.Width, 0)];
        Array.Fill(missing, BitConverter.UInt32BitsToSingle(0x7FC00000));

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var row in outputs.Rows)
        {
            Append(hash, row ?? missing);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, ReadOnlySpan<float> values)
    {
        var bytes = new byte[checked(values.Length * sizeof(float))];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        }

        hash.AppendData(bytes);
    }
}
