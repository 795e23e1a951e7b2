using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Utaf.Fingerprints;

/// <summary>A fingerprinting pair as one file: safetensors, with the manifest's JSON as the metadata value <c>utaf</c>.</summary>
public static class FingerprintPairFile
{
    /// <summary>The usual ending of the file's name.</summary>
    public const string Extension = ".utaf";

    /// <summary>What such a file is, for errors that expected one.</summary>
    public const string Description = $"a fingerprinting pair ({Extension})";

    private const string ManifestKey = "utaf";
    private const string ContentKey = "utaf.sha256";
    private const string FingerprintName = "fingerprint";
    private const string MeanName = "verifier.mean";
    private const string ScaleName = "verifier.scale";
    private const string HiddenWeightName = "verifier.hidden.weight";
    private const string HiddenBiasName = "verifier.hidden.bias";
    private const string OutputWeightName = "verifier.output.weight";
    private const string OutputBiasName = "verifier.output.bias";
    private static readonly string[] Names = [FingerprintName, MeanName, ScaleName, HiddenWeightName, HiddenBiasName, OutputWeightName, OutputBiasName];

    /// <summary>The pair's bytes; the same pair gives the same bytes on every platform.</summary>
    /// <exception cref="ArgumentException">The manifest does not say on what scale the meta-verifier reads.</exception>
    public static byte[] Serialise(FingerprintPair pair)
    {
        ArgumentNullException.ThrowIfNull(pair);
        var (manifest, fingerprint, verifier) = pair;
        if (verifier.Reading != AnswerReading.Named(manifest.Output.Scale, manifest.Output.Width))
        {
            // Read again, it would give other scores.
            throw new ArgumentException($"The meta-verifier reads {verifier.Reading?.ToString() ?? "outputs as they are"}, the manifest says otherwise.", nameof(pair));
        }

        long width = verifier.Mean.Length;
        long hidden = verifier.Hidden;
        SafetensorsTensor[] tensors =
        [
            SafetensorsTensor.FromSingles(
                FingerprintName, [fingerprint.Count, .. fingerprint.InputShape.Select(size => (long)size)], fingerprint.Values),
            SafetensorsTensor.FromSingles(MeanName, [width], verifier.Mean),
            SafetensorsTensor.FromSingles(ScaleName, [width], verifier.Scale),
            SafetensorsTensor.FromSingles(HiddenWeightName, [hidden, width], verifier.HiddenWeights),
            SafetensorsTensor.FromSingles(HiddenBiasName, [hidden], verifier.HiddenBias),
            SafetensorsTensor.FromSingles(OutputWeightName, [2, hidden], verifier.OutputWeights),
            SafetensorsTensor.FromSingles(OutputBiasName, [2], verifier.OutputBias),
        ];
        var json = manifest.ToJson();
        var metadata = new Dictionary<string, string> { [ManifestKey] = json, [ContentKey] = ContentSha256(json, tensors) };
        return Safetensors.Write(new SafetensorsFile(metadata, tensors));
    }

    /// <summary>Reads a pair and checks the manifest against the tensors.</summary>
    /// <param name="bytes">The file's content.</param>
    /// <param name="origin">Where it comes from, for the error: a path or a store's address.</param>
    /// <exception cref="UtafException">UTAF1301: damaged, or manifest and tensors disagree. UTAF1302: the content is not what was written. UTAF1303: a newer format.</exception>
    public static FingerprintPair Deserialise(byte[] bytes, string origin)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        try
        {
            var file = Safetensors.Read(bytes);
            if (!file.Metadata.TryGetValue(ManifestKey, out var json))
            {
                throw new FormatException($"its metadata has no '{ManifestKey}'.");
            }

            CheckVersion(json, origin);
            CheckContent(file, json, origin);
            var manifest = PairManifest.FromJson(json);
            var tensors = file.Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
            var pair = Assemble(manifest, tensors);
            Expect(file.Metadata.ContainsKey(ContentKey), $"its metadata has no '{ContentKey}'.");
            return pair;
        }
        catch (Exception exception) when (exception is FormatException or JsonException or ArgumentException or InvalidOperationException)
        {
            throw Errors.BadPair(origin, exception.Message);
        }
    }

    /// <summary>Reads a pair's file.</summary>
    /// <exception cref="UtafException">UTAF1002, UTAF1003: no such file, or unreadable. UTAF1301, UTAF1303: no pair of this version.</exception>
    public static FingerprintPair Read(string path) => Deserialise(InputFile.Read(path, Description), path);

    /// <summary>Writes a pair's file, completely or not at all.</summary>
    /// <returns>The SHA-256 of its bytes, 64 lower-case hexadecimal digits: the pair's identity.</returns>
    /// <exception cref="UtafException">UTAF1309: the path cannot be written.</exception>
    public static string Write(FingerprintPair pair, string path)
    {
        var bytes = Serialise(pair);
        AtomicFile.Write(path, bytes);
        return Sha256(bytes);
    }

    /// <summary>SHA-256 as 64 lower-case hexadecimal digits (FIPS 180-4).</summary>
    public static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>A pair that is handed on as a file has no name to be checked against, so it carries its content's digest.</summary>
    private static void CheckContent(SafetensorsFile file, string json, string origin)
    {
        var found = ContentSha256(json, file.Tensors);
        if (file.Metadata.TryGetValue(ContentKey, out var expected) && expected != found)
        {
            throw Errors.AlteredPair(origin, expected, found);
        }
    }

    private static string ContentSha256(string json, IEnumerable<SafetensorsTensor> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(json));
        foreach (var tensor in tensors.Where(tensor => Names.Contains(tensor.Name)))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(tensor.Name));
            hash.AppendData(tensor.Data.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Read before everything else: a newer format may have other keys.</summary>
    private static void CheckVersion(string json, string origin)
    {
        var version = PairManifest.FormatVersionIn(json) ?? throw new FormatException("its manifest has no formatVersion.");
        if (version > PairManifest.CurrentFormatVersion)
        {
            throw Errors.PairVersion(origin, PairManifest.CurrentFormatVersion, version);
        }
    }

    private static FingerprintPair Assemble(PairManifest manifest, Dictionary<string, SafetensorsTensor> tensors)
    {
        Expect(manifest.Examples >= 1 && manifest.Output.Width >= 1, "its manifest has no examples or no outputs.");
        Expect(manifest.Threshold is >= 0 and <= 1, $"its threshold is {manifest.Threshold}, expected one in [0, 1].");
        Expect(Enum.IsDefined(manifest.Output.Space), $"its output space is {manifest.Output.Space}, which is unknown.");

        var scale = manifest.Output.Scale;
        Expect(scale is null || Enum.IsDefined(scale.Value), $"its output scale is {scale}, which is unknown.");
        var reading = AnswerReading.Named(scale, manifest.Output.Width);
        Expect(reading is not CentredLogarithms || manifest.Output.Space == OutputSpace.Probabilities, "its output scale is logarithmic and its outputs are no probabilities.");
        Expect(manifest.FormatVersion >= PairManifest.VersionOf(manifest.Output), $"its format version is {manifest.FormatVersion}, which does not have the output scale {scale}.");
        Expect(reading is null || manifest.Examples >= reading.FewestExamples, $"it has {manifest.Examples} examples, of which its output scale {scale} reads nothing.");

        var outputs = (int)Math.Min((long)manifest.Examples * manifest.Output.Width, int.MaxValue);
        long width = reading?.ReadWidth(outputs) ?? outputs;
        var values = Values(FingerprintName, [manifest.Examples, .. manifest.Input.Shape.Select(size => (long)size)]);
        Expect(Array.TrueForAll(values, float.IsFinite), "its fingerprint has NaN or infinity.");

        var hiddenBias = Values(HiddenBiasName, null);
        long hidden = hiddenBias.Length;
        var verifier = new MetaVerifier(
            outputs,
            Values(MeanName, [width]),
            Values(ScaleName, [width]),
            Values(HiddenWeightName, [hidden, width]),
            hiddenBias,
            Values(OutputWeightName, [2, hidden]),
            Values(OutputBiasName, [2]),
            reading);
        return new FingerprintPair(manifest, new Fingerprint(manifest.Input.Shape, values), verifier);

        float[] Values(string name, long[]? shape)
        {
            Expect(tensors.TryGetValue(name, out var tensor), $"it has no tensor '{name}'.");
            Expect(
                shape is null ? tensor!.Shape.Length == 1 : tensor!.Shape.AsSpan().SequenceEqual(shape),
                $"its tensor '{name}' has shape [{string.Join(", ", tensor!.Shape)}], the manifest asks for [{(shape is null ? "H" : string.Join(", ", shape))}].");
            return tensor.ToSingles();
        }
    }

    private static void Expect(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new FormatException(otherwise);
        }
    }
}
