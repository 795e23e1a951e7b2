using System.Security.Cryptography;
using System.Text;
using Utaf.Fingerprints;

namespace Utaf.Tests.Fingerprints;

public sealed class FingerprintPairFileTests
{
    private static readonly PairManifest Manifest = SamplePairs.Manifest;

    [Fact]
    public void A_pair_is_read_as_it_was_written()
    {
        var read = FingerprintPairFile.Deserialise(FingerprintPairFile.Serialise(SamplePairs.Pair), "test");

        Assert.Equal(SamplePairs.Pair.Fingerprint.Values, read.Fingerprint.Values);
        Assert.Equal(SamplePairs.Pair.Fingerprint.InputShape, read.Fingerprint.InputShape);
        Assert.Equal(SamplePairs.Pair.Manifest.ToJson(), read.Manifest.ToJson());
        Assert.Equal(SamplePairs.Pair.Verifier.Scale, read.Verifier.Scale);
        Assert.Equal(SamplePairs.Pair.Verifier.LogOdds([1, 2, 3, 4]), read.Verifier.LogOdds([1, 2, 3, 4]));
    }

    public static TheoryData<FingerprintPair, int, string> Readings() => new()
    {
        { SamplePairs.OfLogarithms(standardised: false), 2, "logarithmic" },
        { SamplePairs.OfLogarithms(standardised: true), 3, "standardisedLogarithmic" },
        { SamplePairs.OfInnerProducts(), 3, "innerProducts" },
    };

    [Theory]
    [MemberData(nameof(Readings), DisableDiscoveryEnumeration = true)]
    public void A_pair_with_a_reading_is_read_as_it_was_written_and_has_a_version_of_its_own(FingerprintPair pair, int version, string scale)
    {
        var bytes = FingerprintPairFile.Serialise(pair);
        var read = FingerprintPairFile.Deserialise(bytes, "test");

        Assert.Equal(version, read.Manifest.FormatVersion);
        Assert.Equal(pair.Verifier.Reading, read.Verifier.Reading);
        Assert.Equal(pair.Verifier.InputWidth, read.Verifier.InputWidth);
        float[] outputs = [.. new[] { 0.9f, 0.1f, 0.2f, 0.8f, 0.3f, 0.7f }.Take(pair.Verifier.InputWidth)];
        Assert.NotEqual(0, read.Verifier.LogOdds(outputs));
        Assert.Equal(pair.Verifier.LogOdds(outputs), read.Verifier.LogOdds(outputs));
        Assert.Contains($"\"scale\": \"{scale}\"", read.Manifest.ToJson(), StringComparison.Ordinal);
        Assert.Equal(bytes, FingerprintPairFile.Serialise(read));
    }

    [Fact]
    public void A_scale_that_the_version_or_the_outputs_cannot_have_is_refused()
    {
        var (old, pair, products) = (SamplePairs.OfLogarithms(standardised: false), SamplePairs.OfLogarithms(standardised: true), SamplePairs.OfInnerProducts());
        var raw = pair.Manifest.Output with { Space = OutputSpace.Raw };
        foreach (var (written, manifest, expected) in new[]
        {
            (old, old.Manifest with { FormatVersion = 1 }, "format version is 1"),
            (pair, pair.Manifest with { FormatVersion = 2 }, "format version is 2"),
            (products, products.Manifest with { FormatVersion = 2 }, "format version is 2"),
            (pair, pair.Manifest with { Output = raw }, "are no probabilities"),
            (old, old.Manifest with { Output = raw with { Scale = AnswerScale.Logarithmic } }, "are no probabilities"),
            (pair, pair.Manifest with { Examples = 1 }, "has 1 examples"),
            (products, products.Manifest with { Examples = 2 }, "has 2 examples"),
        })
        {
            var exception = Assert.Throws<UtafException>(() => FingerprintPairFile.Deserialise(FingerprintPairFile.Serialise(written with { Manifest = manifest }), "test"));
            Assert.Equal("UTAF1301", exception.Diagnostic.Code);
            Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_pair_whose_manifest_does_not_say_what_is_read_is_not_written()
    {
        var pair = SamplePairs.OfLogarithms(standardised: true);

        Assert.Throws<ArgumentException>(() => FingerprintPairFile.Serialise(pair with { Manifest = SamplePairs.Manifest }));
        Assert.Throws<ArgumentException>(() => FingerprintPairFile.Serialise(pair with { Manifest = SamplePairs.OfLogarithms(standardised: false).Manifest }));
        Assert.Throws<ArgumentException>(() => FingerprintPairFile.Serialise(SamplePairs.Pair with { Manifest = pair.Manifest }));
    }

    [Fact]
    public void The_same_pair_has_the_same_bytes()
    {
        var bytes = FingerprintPairFile.Serialise(SamplePairs.Pair);

        Assert.Equal(bytes, FingerprintPairFile.Serialise(SamplePairs.WithManifest(Manifest)));
        Assert.Equal(bytes, FingerprintPairFile.Serialise(FingerprintPairFile.Deserialise(bytes, "test")));
    }

    [Fact]
    public void The_file_is_safetensors_with_the_documented_names()
    {
        var file = Safetensors.Read(FingerprintPairFile.Serialise(SamplePairs.Pair));

        Assert.Equal(Manifest.ToJson(), Assert.Single(file.Metadata, pair => pair.Key == "utaf").Value);
        Assert.Equal(
            [
                "fingerprint [2, 1, 2]", "verifier.mean [4]", "verifier.scale [4]", "verifier.hidden.weight [2, 4]",
                "verifier.hidden.bias [2]", "verifier.output.weight [2, 2]", "verifier.output.bias [2]",
            ],
            file.Tensors.Select(tensor => $"{tensor.Name} [{string.Join(", ", tensor.Shape)}]"));
    }

    [Fact]
    public void A_written_file_has_the_digest_that_is_returned()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("sub/pair.utaf");

        var digest = FingerprintPairFile.Write(SamplePairs.Pair, path);

        Assert.Equal(Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path))), digest, ignoreCase: true);
        Assert.Matches("^[0-9a-f]{64}$", digest);
        Assert.Equal(2, FingerprintPairFile.Read(path).Fingerprint.Count);
    }

    [Fact]
    public void The_digest_is_sha256_of_fips_180_4() =>
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", FingerprintPairFile.Sha256("abc"u8.ToArray()));

    [Theory]
    [InlineData("missing.utaf", "UTAF1002")]
    [InlineData("missing/pair.utaf", "UTAF1002")]
    [InlineData(".", "UTAF1003")]
    public void A_file_that_cannot_be_read_is_an_error_that_names_it(string name, string code)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File(name);

        var exception = Assert.Throws<UtafException>(() => FingerprintPairFile.Read(path));

        Assert.Equal(code, exception.Diagnostic.Code);
        Assert.Equal(path, exception.Diagnostic.Origin);
    }

    [Fact]
    public void A_newer_format_is_told_from_a_damaged_file_even_if_nothing_else_is_understood()
    {
        var exception = Assert.Throws<UtafException>(() => Deserialise("""{"formatVersion":4,"model":"other"}"""));

        Assert.Equal("UTAF1303", exception.Diagnostic.Code);
        Assert.Contains("format version 4, this tool reads up to 3", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "no formatVersion")]
    [InlineData("""{"formatVersion":0}""", "no formatVersion")]
    [InlineData("""{"formatVersion":"1"}""", "no readable")]
    [InlineData("""{"formatVersion":1}""", "missing required")]
    [InlineData("[1]", "no readable")]
    [InlineData("not json", "no readable")]
    public void A_manifest_that_is_none_is_refused(string json, string expected)
    {
        var exception = Assert.Throws<UtafException>(() => Deserialise(json));

        Assert.Equal("UTAF1301", exception.Diagnostic.Code);
        Assert.Equal(ExitCode.Usage, exception.Diagnostic.ExitCode);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_safetensors_file_without_a_manifest_is_no_pair()
    {
        var bytes = Safetensors.Write(new SafetensorsFile(new Dictionary<string, string>(), []));

        var exception = Assert.Throws<UtafException>(() => FingerprintPairFile.Deserialise(bytes, "model.safetensors"));

        Assert.Contains("its metadata has no 'utaf'", exception.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> Disagreements => new()
    {
        { "\"examples\": 2", "\"examples\": 3", "'fingerprint' has shape [2, 1, 2], the manifest asks for [3, 1, 2]" },
        { "\"examples\": 2", "\"examples\": 0", "no examples" },
        { "\"width\": 2", "\"width\": 3", "'verifier.mean' has shape [4]" },
        { "\"width\": 2", "\"width\": -2", "no outputs" },
        { "\"width\": 2", "\"width\": 2147483647", "'verifier.mean'" },
        { "\"threshold\": 0.5", "\"threshold\": 1.5", "threshold is 1.5" },
        { "\"space\": \"probabilities\"", "\"space\": \"logits\"", "no readable" },
        { "\"space\": \"probabilities\"", "\"space\": 7", "output space is 7" },
        { "\"name\": \"digits\"", "\"name\": null", "no readable" },
    };

    [Theory]
    [MemberData(nameof(Disagreements))]
    public void A_manifest_that_disagrees_with_the_tensors_is_refused(string from, string to, string expected)
    {
        var json = Manifest.ToJson();
        Assert.Contains(from, json, StringComparison.Ordinal);

        var exception = Assert.Throws<UtafException>(() => Deserialise(json.Replace(from, to, StringComparison.Ordinal)));

        Assert.Equal("UTAF1301", exception.Diagnostic.Code);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fingerprint")]
    [InlineData("verifier.mean")]
    [InlineData("verifier.scale")]
    [InlineData("verifier.hidden.weight")]
    [InlineData("verifier.hidden.bias")]
    [InlineData("verifier.output.weight")]
    [InlineData("verifier.output.bias")]
    public void A_missing_misshapen_mistyped_or_infinite_tensor_is_refused(string name)
    {
        Func<SafetensorsTensor, SafetensorsTensor?>[] damages =
        [
            _ => null,
            tensor => tensor with { Shape = [1, .. tensor.Shape] },
            tensor => tensor with { DType = "I32" },
            tensor => tensor with { Data = Enumerable.Repeat<byte>(0xFF, tensor.Data.Length).ToArray() },
        ];

        foreach (var damage in damages)
        {
            var exception = Assert.Throws<UtafException>(() => Deserialise(
                Manifest.ToJson(), tensor => tensor.Name == name ? damage(tensor) : tensor));
            Assert.Equal("UTAF1301", exception.Diagnostic.Code);
        }
    }

    [Fact]
    public void A_pair_with_one_bit_changed_in_a_tensor_or_in_the_manifest_is_refused()
    {
        var bytes = FingerprintPairFile.Serialise(SamplePairs.Pair);
        var header = (int)BitConverter.ToUInt64(bytes);
        var threshold = Encoding.UTF8.GetString(bytes).IndexOf("threshold", StringComparison.Ordinal);
        var places = Enumerable.Range(8 + header, bytes.Length - 8 - header).Where(place => place % 4 == (8 + header) % 4)
            .Append(threshold + "threshold\\\": 0.".Length);

        foreach (var place in places)
        {
            byte[] altered = [.. bytes];
            altered[place] ^= 1;

            var exception = Assert.Throws<UtafException>(() => FingerprintPairFile.Deserialise(altered, "test"));

            Assert.Equal("UTAF1302", exception.Diagnostic.Code);
        }
    }

    [Fact]
    public void Tensors_of_the_future_are_left_out()
    {
        var file = Safetensors.Read(FingerprintPairFile.Serialise(SamplePairs.Pair));
        var later = SafetensorsTensor.FromInt64("later", [1], [1]);

        var read = FingerprintPairFile.Deserialise(Safetensors.Write(file with { Tensors = [later, .. file.Tensors] }), "test");

        Assert.Equal(2, read.Fingerprint.Count);
    }

    [Fact]
    public void A_pair_in_a_log_shows_no_tensor() => Assert.Equal("fingerprinting pair of digits 1.2.0", SamplePairs.Pair.ToString());

    [Fact]
    public void Text_in_the_manifest_may_be_in_any_script()
    {
        var manifest = Manifest with { ToolVersion = "ツール \"0.1\"\\\u0001" };

        var bytes = FingerprintPairFile.Serialise(SamplePairs.WithManifest(manifest));

        Assert.Equal(manifest.ToolVersion, FingerprintPairFile.Deserialise(bytes, "test").Manifest.ToolVersion);
        Assert.Contains("ツール", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
    }

    private static FingerprintPair Deserialise(string json, Func<SafetensorsTensor, SafetensorsTensor?>? change = null)
    {
        var tensors = Safetensors.Read(FingerprintPairFile.Serialise(SamplePairs.Pair)).Tensors;
        return FingerprintPairFile.Deserialise(
            Safetensors.Write(new SafetensorsFile(
                new Dictionary<string, string> { ["utaf"] = json },
                [.. tensors.Select(change ?? (tensor => tensor)).OfType<SafetensorsTensor>()])),
            "test");
    }
}
