using System.Text;
using CsCheck;
using Utaf.Fingerprints;

namespace Utaf.Tests.Fingerprints;

public sealed class SafetensorsDamageTests
{
    [Theory]
    [InlineData("", 0, "does not begin")]
    [InlineData("[]", 0, "does not begin")]
    [InlineData(" {}", 0, "does not begin")]
    [InlineData("{", 0, "not the JSON")]
    [InlineData("{}", 1, "the tensors end at 0, the data at 1")]
    [InlineData("{} x", 0, "not the JSON")]
    [InlineData("""{"a":1}""", 0, "not the JSON")]
    [InlineData("""{"a":null}""", 0, "not the JSON")]
    [InlineData("""{"a":{"shape":[1],"data_offsets":[0,1]}}""", 1, "has no dtype")]
    [InlineData("""{"a":{"dtype":"U8","data_offsets":[0,1]}}""", 1, "has no shape")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1]}}""", 1, "has no data_offsets")]
    [InlineData("""{"a":{"dtype":null,"shape":[1],"data_offsets":[0,1]}}""", 1, "null")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}""", 1, "unknown type 'F8_E4M3'")]
    [InlineData("""{"a":{"dtype":"U8","shape":"1","data_offsets":[0,1]}}""", 1, "not the JSON")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,1]}}""", 1, "has 1.5 where a size is expected")]
    [InlineData("""{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}""", 1, "has -1 where a size is expected")]
    [InlineData("""{"a":{"dtype":"U8","shape":[99999999999999999999],"data_offsets":[0,1]}}""", 1, "where a size is expected")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "impossible shape")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}}""", 1, "lies at [0]")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,2]}}""", 1, "lies at [0, 1, 2]")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}""", 1, "lies at [1, 0]")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", 1, "beyond the file's 1 data bytes")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,1]}}""", 1, "U8 [2] needs 2")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2, "begins at 1, expected 0")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""", 3, "begins at 1, expected 2")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}""", 3, "begins at 2, expected 1")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2, "Duplicate")]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"}}""", 0, "Duplicate")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "not the JSON")]
    [InlineData("""{"__metadata__":[]}""", 0, "not the JSON")]
    [InlineData("""{"__metadata__":{"a":"\ud800"}}""", 0, "not the JSON")]
    public void A_damaged_header_is_refused_with_what_is_wrong(string header, int dataBytes, string expected)
    {
        byte[] bytes = [.. BitConverter.GetBytes((ulong)header.Length), .. Encoding.UTF8.GetBytes(header), .. new byte[dataBytes]];

        var exception = Assert.Throws<FormatException>(() => Safetensors.Read(bytes));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_that_is_not_utf8_is_refused()
    {
        byte[] bytes = [3, 0, 0, 0, 0, 0, 0, 0, (byte)'{', 0xFF, (byte)'}'];

        Assert.Contains("UTF-8", Assert.Throws<FormatException>(() => Safetensors.Read(bytes)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100_000_001UL, "at most 100000000")]
    [InlineData(ulong.MaxValue, "at most 100000000")]
    [InlineData(99UL, "cut short")]
    public void A_header_length_beyond_the_file_or_the_limit_is_refused_before_anything_is_allocated(ulong length, string expected)
    {
        byte[] bytes = [.. BitConverter.GetBytes(length), (byte)'{', (byte)'}'];

        Assert.Contains(expected, Assert.Throws<FormatException>(() => Safetensors.Read(bytes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_truncation_of_a_pair_is_refused()
    {
        var whole = FingerprintPairFile.Serialise(SamplePairs.Pair);

        for (var length = 0; length < whole.Length; length++)
        {
            var cut = whole[..length];
            Assert.Throws<FormatException>(() => Safetensors.Read(cut));
        }
    }

    [Fact]
    public void Flipped_inserted_and_removed_bytes_never_raise_anything_but_a_documented_error()
    {
        var whole = FingerprintPairFile.Serialise(SamplePairs.Pair);
        var place = Gen.Frequency((1, Gen.Int[0, 7]), (4, Gen.Int[0, whole.Length - 1]));
        var damage = Gen.Select(place, Gen.Byte, Gen.Int[0, 3]);

        damage.Array[1, 4].Sample(
            damages =>
            {
                var bytes = whole.ToList();
                foreach (var (at, value, kind) in damages)
                {
                    Damage(bytes, Math.Min(at, bytes.Count - 1), value, kind);
                }

                return OnlyDocumentedErrors([.. bytes]);
            },
            iter: 5_000);
    }

    [Fact]
    public void Random_bytes_never_raise_anything_but_a_documented_error() =>
        Gen.Byte.Array[0, 200].Sample(OnlyDocumentedErrors, iter: 2_000);

    [Fact]
    public void Headers_of_random_json_never_raise_anything_but_a_documented_error()
    {
        var piece = Gen.OneOf("{", "}", "[", "]", ",", ":", "\"a\"", "\"dtype\"", "\"U8\"", "\"shape\"", "\"data_offsets\"", "\"__metadata__\"", "0", "1", "-1", "1e9", "null");

        piece.Array[0, 30].Sample(
            pieces =>
            {
                var header = Encoding.UTF8.GetBytes("{" + string.Concat(pieces));
                return OnlyDocumentedErrors([.. BitConverter.GetBytes((ulong)header.Length), .. header, 0]);
            },
            iter: 5_000);
    }

    private static void Damage(List<byte> bytes, int at, byte value, int kind)
    {
        switch (kind)
        {
            case 0: bytes[at] ^= (byte)(value | 1); break;
            case 1: bytes.Insert(at, value); break;
            case 2 when bytes.Count > 1: bytes.RemoveAt(at); break;
            default: bytes.RemoveRange(at, Math.Min(value % 16, bytes.Count - at - 1)); break;
        }
    }

    private static bool OnlyDocumentedErrors(byte[] bytes)
    {
        try
        {
            Safetensors.Read(bytes);
        }
        catch (FormatException)
        {
        }

        try
        {
            FingerprintPairFile.Deserialise(bytes, "fuzz");
        }
        catch (UtafException exception)
        {
            return exception.Diagnostic.Code is "UTAF1301" or "UTAF1302" or "UTAF1303";
        }

        return true;
    }
}
