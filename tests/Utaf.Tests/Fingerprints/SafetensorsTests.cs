using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Utaf.Fingerprints;

namespace Utaf.Tests.Fingerprints;

public sealed class SafetensorsTests
{
    private static readonly Dictionary<string, string> NoMetadata = [];

    [Fact]
    public void A_tiny_file_has_exactly_the_bytes_of_the_specification()
    {
        var bytes = Safetensors.Write(new SafetensorsFile(NoMetadata, [SafetensorsTensor.FromSingles("w", [2], [1f, -2f])]));

        // 54 bytes of JSON, padded with spaces to 56 = 0x38.
        byte[] expected =
        [
            0x38, 0, 0, 0, 0, 0, 0, 0,
            .. "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}  "u8,
            0x00, 0x00, 0x80, 0x3F,
            0x00, 0x00, 0x00, 0xC0,
        ];
        Assert.Equal(expected, bytes);
    }

    [Fact]
    public void A_file_with_metadata_and_several_types_is_understood_by_independent_code()
    {
        var file = new SafetensorsFile(
            new Dictionary<string, string> { ["b"] = "zwei\n\"ρ\"", ["a"] = "one" },
            [
                SafetensorsTensor.FromInt64("z", [], [long.MinValue]),
                SafetensorsTensor.FromSingles("a", [1, 2], [0.5f, float.MaxValue]),
                new SafetensorsTensor("empty", "BOOL", [3, 0], ReadOnlyMemory<byte>.Empty),
            ]);

        var bytes = Safetensors.Write(file);

        var length = (int)BitConverter.ToUInt64(bytes, 0);
        Assert.Equal(0, (8 + length) % 8);
        var header = JsonNode.Parse(Encoding.UTF8.GetString(bytes, 8, length))!.AsObject();
        Assert.Equal(["__metadata__", "z", "a", "empty"], header.Select(property => property.Key));
        Assert.Equal("zwei\n\"ρ\"", (string?)header["__metadata__"]!["b"]);
        Assert.Equal("""{"dtype":"I64","shape":[],"data_offsets":[0,8]}""", header["z"]!.ToJsonString());
        Assert.Equal("""{"dtype":"BOOL","shape":[3,0],"data_offsets":[16,16]}""", header["empty"]!.ToJsonString());
        Assert.Equal(long.MinValue, BitConverter.ToInt64(bytes, 8 + length));
        Assert.Equal(float.MaxValue, BitConverter.ToSingle(bytes, 8 + length + 12));
        Assert.Equal(8 + length + 16, bytes.Length);
    }

    [Fact]
    public void Metadata_is_read_without_the_tensors()
    {
        var metadata = new Dictionary<string, string> { ["b"] = "zwei", ["a"] = "one" };
        var path = Path.GetTempFileName();
        try
        {
            var bytes = Safetensors.Write(new SafetensorsFile(metadata, [SafetensorsTensor.FromSingles("w", [2], [1f, -2f])]));
            File.WriteAllBytes(path, bytes[..^3]);
            Assert.Equal(metadata, Safetensors.ReadMetadata(path).ToDictionary());

            File.WriteAllBytes(path, Safetensors.Write(new SafetensorsFile(NoMetadata, [])));
            Assert.Empty(Safetensors.ReadMetadata(path));

            File.WriteAllBytes(path, bytes[..20]);
            Assert.Contains("cut short", Assert.Throws<FormatException>(() => Safetensors.ReadMetadata(path)).Message, StringComparison.Ordinal);

            File.WriteAllBytes(path, bytes[..5]);
            Assert.Contains("too few", Assert.Throws<FormatException>(() => Safetensors.ReadMetadata(path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        var name = Gen.String[Gen.Char['a', 'z'], 1, 6];
        var tensor = Gen.Select(name, Gen.Single.Array[0, 9], Gen.Bool, (name, values, column) =>
            SafetensorsTensor.FromSingles(name, column ? [values.Length, 1] : [values.Length], values));

        tensor.Array[0, 6].Sample(tensors =>
        {
            var distinct = tensors.DistinctBy(tensor => tensor.Name).ToList();
            var file = Safetensors.Read(Safetensors.Write(new SafetensorsFile(NoMetadata, distinct)));

            // Empty tensors share their offset with the next one, so only the others have a place in the order.
            return file.Tensors.Count == distinct.Count
                && file.Tensors.Where(read => read.Data.Length > 0).Select(read => read.Name)
                    .SequenceEqual(distinct.Where(written => written.Data.Length > 0).Select(written => written.Name))
                && distinct.TrueForAll(written => file.Tensors.Any(read =>
                    read.Name == written.Name && read.Shape.SequenceEqual(written.Shape) && read.Data.Span.SequenceEqual(written.Data.Span)));
        });
    }

    [Fact]
    public void Numbers_come_back_bit_for_bit()
    {
        float[] singles = [0f, -0f, float.Epsilon, float.NaN, float.NegativeInfinity, 1.1f];
        long[] integers = [0, -1, long.MaxValue];

        var file = Safetensors.Read(Safetensors.Write(new SafetensorsFile(
            NoMetadata, [SafetensorsTensor.FromSingles("s", [6], singles), SafetensorsTensor.FromInt64("i", [3], integers)])));

        Assert.Equal(singles.Select(BitConverter.SingleToInt32Bits), file.Tensors[0].ToSingles().Select(BitConverter.SingleToInt32Bits));
        Assert.Equal(integers, file.Tensors[1].ToInt64());
        Assert.Throws<FormatException>(() => file.Tensors[0].ToInt64());
        Assert.Throws<FormatException>(() => file.Tensors[1].ToSingles());
    }

    [Fact]
    public void The_order_of_metadata_does_not_change_the_bytes()
    {
        var one = new SafetensorsFile(new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" }, []);
        var other = new SafetensorsFile(new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" }, []);

        Assert.Equal(Safetensors.Write(one), Safetensors.Write(other));
    }

    [Fact]
    public void Tensors_are_read_in_the_order_of_their_bytes_whatever_the_headers_order()
    {
        var header = """{"b":{"dtype":"U8","shape":[1],"data_offsets":[1,2]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"""u8;
        byte[] bytes = [.. BitConverter.GetBytes((ulong)header.Length), .. header, 7, 8];

        using var stream = new MemoryStream(bytes);
        var file = Safetensors.Read(stream);

        Assert.Equal(["a", "b"], file.Tensors.Select(tensor => tensor.Name));
        Assert.Equal([8], file.Tensors[1].Data.ToArray());
    }

    [Theory]
    [InlineData("F64", 8)]
    [InlineData("F32", 4)]
    [InlineData("F16", 2)]
    [InlineData("BF16", 2)]
    [InlineData("I64", 8)]
    [InlineData("I32", 4)]
    [InlineData("I16", 2)]
    [InlineData("I8", 1)]
    [InlineData("U8", 1)]
    [InlineData("BOOL", 1)]
    public void Every_accepted_type_has_its_size(string dtype, int size)
    {
        var bytes = Safetensors.Write(new SafetensorsFile(NoMetadata, [new SafetensorsTensor("t", dtype, [3], new byte[3 * size])]));

        Assert.Equal(dtype, Assert.Single(Safetensors.Read(bytes).Tensors).DType);
        Assert.Equal((ulong)(bytes.Length - 8 - (3 * size)), BinaryPrimitives.ReadUInt64LittleEndian(bytes));
    }

    [Fact]
    public void What_would_be_damaged_is_not_written()
    {
        var tensor = SafetensorsTensor.FromInt64("a", [1], [1]);

        Assert.Throws<ArgumentException>(() => Safetensors.Write(new SafetensorsFile(NoMetadata, [tensor, tensor])));
        Assert.Throws<ArgumentException>(() => Safetensors.Write(new SafetensorsFile(NoMetadata, [tensor with { Name = "__metadata__" }])));
        Assert.Throws<ArgumentException>(() => Safetensors.Write(new SafetensorsFile(NoMetadata, [tensor with { Shape = [2] }])));
        Assert.Throws<ArgumentException>(() => Safetensors.Write(new SafetensorsFile(NoMetadata, [tensor with { DType = "C64" }])));
        Assert.Throws<ArgumentException>(() => SafetensorsTensor.FromSingles("a", [2], [1]));
    }
}
