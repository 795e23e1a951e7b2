using Utaf.Data;
using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>
/// Fashion generation (paper, appendix A): the DCGAN of Table A1 on Fashion-MNIST; fully connected GANs of Table A3 and
/// DCGANs are the students and the honest models.
/// </summary>
internal sealed class FashionScenario : Scenario
{
    private const string File = "train-images-idx3-ubyte.gz";
    private const string TestFile = "t10k-images-idx3-ubyte.gz";
    private const int Pixels = 28;
    private const int Latent = 100;

    public override string Name => "fashion";

    public override string Description => "Fashion generation: generators, 140 members of Table A2.";

    public override IReadOnlyList<(string File, string What)> Files =>
        [(File, "Fashion-MNIST's training images (IDX)"), (TestFile, "Fashion-MNIST's test images (IDX)")];

    public override LearningTask Task { get; } = new Generation();

    public override ScenarioSize SizeOf(string profile) => profile switch
    {
        "paper" => new(profile, "paper", "fcgan-2,fcgan-4,fcgan-8,dcgan-32", null, 30, "dcgan-32", Pixels),
        "smoke" => new(profile, "quick", "fcgan-1,dcgan-4", 2, 3, "dcgan-4", Pixels, 260),
        _ => new(profile, "standard", "fcgan-1,fcgan-2,dcgan-8", 6, 10, "dcgan-8", Pixels, 6000),
    };

    public override ScenarioData Read(string folder, ScenarioSize size, ulong seed)
    {
        var shape = new[] { 1, Pixels, Pixels };
        var signature = new ModelSignature([Latent, 1, 1], Pixels * Pixels);
        var (owner, open) = Samples(Path.Combine(folder, File), size.Examples, seed, "owner").Split(0.5, seed);
        var test = Samples(Path.Combine(folder, TestFile), Math.Min(size.Examples, 2000), seed, "test");
        return new(owner, open, [], test, shape, signature);

        DataTable Samples(string path, int most, ulong seed, string name)
        {
            var images = DataFormats.Read(path, new(Scale: 255, Label: DataOptions.NoLabel));
            if (images.ExampleSize != Pixels * Pixels)
            {
                throw Errors.WrongDataShape(path, $"images of {Pixels}×{Pixels}", $"[{string.Join(", ", images.InputShape)}]");
            }

            if (images.Count > most)
            {
                images = images.Split((double)most / images.Count, seed).First;
            }

            // To the generator's range; latent vectors are drawn for the samples.
            float[] values = [.. images.Inputs.Select(value => (2 * value) - 1)];
            return new(signature.InputShape, Generation.Latents(signature.InputShape, images.Count, seed, name), signature.OutputWidth, values, images.Origin);
        }
    }

    public override Network BuildTarget(ScenarioSize size, ModelSignature signature)
    {
        var width = int.Parse(size.Target!.Split('-')[1], System.Globalization.CultureInfo.InvariantCulture);
        var body = nn.Sequential(("main", Dcgan.Generator(Latent, width, [1, Pixels, Pixels])), ("flatten", nn.Flatten()));
        return new(new Dcgan(width), body, OutputForm.Raw);
    }
}
