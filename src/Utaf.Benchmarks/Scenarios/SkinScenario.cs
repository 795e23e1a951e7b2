using Utaf.Data;
using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>
/// Skin cancer diagnosis (paper, appendix A): DermaMNIST's seven classes, a ResNet-18, students and negatives of five
/// architectures from SqueezeNet to VGG-16.
/// </summary>
internal sealed class SkinScenario : Scenario
{
    private const string File = "derma28_ham10000.npz";
    private const int Classes = 7;
    private const int Pixels = 28;
    private const double TrainingShare = 0.7;

    public override string Name => "skin";

    public override string Description => "Skin cancer diagnosis: classification, 140 members of Table A2.";

    public override IReadOnlyList<(string File, string What)> Files =>
        [(File, "HAM10000 at 28×28 pixels, as DermaMNIST has it: arrays images [N, 28, 28, 3] of bytes and labels from 0 to 6")];

    public override LearningTask Task { get; } = new Classification();

    public override ScenarioSize SizeOf(string profile) => profile switch
    {
        "paper" => new(profile, "paper", "squeezenet-1.0,resnet-18,densenet-161,alexnet,vgg-16", null, 30, "resnet-18", 224),
        "smoke" => new(profile, "quick", "convnet-4-8,mlp-10", 2, 2, "resnet-18-w16-d2", Pixels, 200),
        _ => new(profile, "paper", "squeezenet-1.0-w4,resnet-18-w4-d2,densenet-161-w8-d4,alexnet-w4,vgg-16-w4-d2", 4, 8, "resnet-18-w4-d2", Pixels),
    };

    public override ScenarioData Read(string folder, ScenarioSize size, ulong seed)
    {
        var path = Path.Combine(folder, File);
        var table = DataFormats.Read(path, new(Scale: 255, Arrays: "images,labels"));
        if (table.InputShape is not [3, Pixels, Pixels] || table.TargetWidth != 1)
        {
            throw Errors.WrongDataShape(path, $"images of 3×{Pixels}×{Pixels} with one label each", $"[{string.Join(", ", table.InputShape)}] with {table.TargetWidth}");
        }

        // The split of the images is the seed's: repeats differ in it, as in everything else.
        var (open, test) = Limited(table, size.Examples, seed).Split(TrainingShare, seed);
        var (owner, others) = open.Split(0.5, seed);
        if (size.Side != Pixels)
        {
            (owner, others, test) = (Resized(owner, size.Side), Resized(others, size.Side), Resized(test, size.Side));
        }

        return new(owner, others, [], test, owner.InputShape, new(owner.InputShape, Classes));
    }

    public override Network BuildTarget(ScenarioSize size, ModelSignature signature)
    {
        var architecture = ImageNetwork.TryParse(size.Target!)!;
        return new(architecture, architecture.Body(signature.InputShape[0], Classes, ImageNetwork.IsSmall(signature.InputShape)), OutputForm.Logits);
    }

    private static DataTable Limited(DataTable table, int examples, ulong seed) =>
        table.Count > examples ? table.Split((double)examples / table.Count, seed).First : table;

    /// <summary>Bilinear, as torchvision resizes tensors.</summary>
    private static DataTable Resized(DataTable table, int side)
    {
        using var scope = NewDisposeScope();
        var channels = table.InputShape[0];
        var values = new float[(long)table.Count * channels * side * side];
        const int batch = 64;
        for (var start = 0; start < table.Count; start += batch)
        {
            using var inner = NewDisposeScope();
            var size = Math.Min(batch, table.Count - start);
            var images = tensor(table.Inputs[(start * table.ExampleSize)..((start + size) * table.ExampleSize)], [size, channels, table.InputShape[1], table.InputShape[2]]);
            var resized = nn.functional.interpolate(images, size: [side, side], mode: InterpolationMode.Bilinear, align_corners: false);
            resized.contiguous().data<float>().CopyTo(values, (int)Math.Min(int.MaxValue, (long)start * channels * side * side));
        }

        return new([channels, side, side], values, table.TargetWidth, table.Targets, table.Origin) { Rows = table.Rows };
    }
}
