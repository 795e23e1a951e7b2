using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Utaf.Tool.Tests.Support;

namespace Utaf.Tool.Tests;

/// <summary>A generator on the command line.</summary>
public sealed class GenerationTests : ToolTest
{
    private const string Model = "gan-scripted.pt";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_generator_and_real_images_become_a_pair_that_verifies(bool withDiscriminator)
    {
        WriteBars("bars.npy", [200, 1, 8, 8]);
        string[] more = withDiscriminator ? ["--discriminator", Fixture("gan-discriminator.pt")] : [];
        var text = await SucceedAsync([.. Command(Model), .. more, "--name", "bars"]);
        Assert.Contains("numbers in random orders", text, StringComparison.Ordinal);

        using var manifest = JsonDocument.Parse(await SucceedAsync("inspect", "bars@1.0.0", "--format", "json"));
        var found = manifest.RootElement.GetProperty("manifest");
        Assert.Equal("generation", found.GetProperty("task").GetString());
        Assert.Equal([8, 1, 1], found.GetProperty("input").GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()));
        Assert.Equal(64, found.GetProperty("output").GetProperty("width").GetInt32());

        var verdict = await RunAsync("verify", Fixture("gan-traced.pt"), "--model", "bars");
        Assert.True(verdict.ExitCode == 1, verdict.StandardOutput + verdict.StandardError);
    }

    [Fact]
    public async Task A_discriminator_makes_another_ensemble_and_utaf_json_can_name_it()
    {
        WriteBars("bars.npy", [200, 1, 8, 8]);
        var without = await Plan();
        Write("utaf.json", $$"""{ "models": [{ "name": "bars", "path": "{{Fixture(Model)}}", "task": "generation", "discriminator": "{{Fixture("gan-discriminator.pt")}}", "data": { "path": "bars.npy" } }] }""");
        var with = await Plan();

        Assert.NotEqual(Digests(without), Digests(with));
        Assert.Equal(Digests(without), Digests(with)[..^1]);

        async Task<string> Plan() => await SucceedAsync("ensemble", "plan", Fixture(Model), "--data", "bars.npy", "--task", "generation", "--profile", "quick", "--no-estimate", "--format", "json");

        static string[] Digests(string json)
        {
            using var document = JsonDocument.Parse(json);
            var plan = document.RootElement.TryGetProperty("plan", out var inner) ? inner : document.RootElement;
            return [.. plan.GetProperty("dataSha256").EnumerateArray().Select(digest => digest.GetString()!)];
        }
    }

    [Fact]
    public async Task What_a_generators_ensemble_takes_is_estimated()
    {
        WriteBars("bars.npy", [200, 1, 8, 8]);
        var text = await SucceedAsync("ensemble", "plan", Fixture(Model), "--data", "bars.npy", "--task", "generation", "--profile", "quick", "--architectures", "fcgan-1,dcgan-4", "--jobs", "2");
        Assert.Contains("dcgan-4", text, StringComparison.Ordinal);
        Assert.Contains("about", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UTAF1110", "--discriminator", "mlp-scripted.pt")]
    [InlineData("UTAF1105", "--discriminator", "touches-files-save.pt")]
    [InlineData("UTAF1106", "--input-shape", "9")]
    [InlineData("UTAF1206", "--image-shape", "1,4,4")]
    [InlineData("UTAF1206", "--scale", "0.01")]
    public async Task What_does_not_fit_a_generator_is_said(string code, string option, string value)
    {
        WriteBars("bars.npy", [200, 1, 8, 8]);
        await FailAsync(code, 2, [.. Command(Model), option, value.EndsWith(".pt", StringComparison.Ordinal) ? Fixture(value) : value]);
    }

    [Fact]
    public async Task Data_of_another_size_and_a_classifiers_discriminator_are_refused()
    {
        WriteBars("small.npy", [800, 1, 4, 4]);
        await FailAsync("UTAF1206", 2, "fingerprint", Fixture(Model), "--data", "small.npy", "--task", "generation");
        WriteBars("bars.npy", [200, 1, 8, 8]);
        await FailAsync("UTAF1001", 2, "fingerprint", Fixture(Model), "--data", "bars.npy", "--task", "generation", "--architectures", "convnet-8-8");
        Write("data.csv", ClassTable());
        await FailAsync("UTAF1001", 2, "fingerprint", Fixture("classifier-logits.pt"), "--data", "data.csv", "--discriminator", Fixture("gan-discriminator.pt"));
    }

    private static string[] Command(string model) =>
    [
        "fingerprint", Fixture(model), "--data", "bars.npy", "--task", "generation", "--profile", "quick", "--architectures", "fcgan-1,dcgan-4",
        "--epochs", "3", "--examples", "10", "--iterations", "60",
    ];

    /// <summary>Images of one bar as a NumPy file, float32.</summary>
    private void WriteBars(string name, int[] shape)
    {
        var random = new Random(3);
        var (side, values) = (shape[^1], new float[shape.Aggregate((a, b) => a * b)]);
        for (var image = 0; image < shape[0]; image++)
        {
            var (at, bright) = (random.Next(side - 1), (float)random.NextDouble() * 0.8f);
            for (var pixel = 0; pixel < side * side; pixel++)
            {
                values[(image * side * side) + pixel] = pixel % side - at is 0 or 1 ? bright : -0.8f;
            }
        }

        var header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({string.Join(", ", shape)}), }}";
        header = header.PadRight(((header.Length + 11 + 63) / 64 * 64) - 11) + "\n";
        using var file = File.Create(PathOf(name));
        file.Write([0x93, .. "NUMPY"u8, 1, 0]);
        Span<byte> length = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)header.Length);
        file.Write(length);
        file.Write(Encoding.ASCII.GetBytes(header));
        file.Write(MemoryMarshal.AsBytes(values.AsSpan()));
    }
}
