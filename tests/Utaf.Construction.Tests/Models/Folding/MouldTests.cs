using System.IO.Compression;
using TorchSharp;
using Utaf.Ensembles.Tests;
using Utaf.Models.Tests;
using Utaf.Torch;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Models.Folding.Tests;

[Collection(TorchSession.Name)]
public sealed class MouldTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("utaf-mould-").FullName;
    private readonly DisposeScope scope = NewDisposeScope();

    [Fact]
    public void A_TorchScript_ResNet18_is_taken_for_what_it_is_and_folded()
    {
        using var target = ResNet();
        var context = ZooTests.Context([2, 12, 12], [2, 12, 12], outputs: 4) with { Target = target };
        var probe = randn(5, 2, 12, 12);

        using var mould = Mould.Of(new TargetArchitecture(), context, probe)!;
        using var folded = Folding.TryFold(mould.Network, probe)!;

        var expected = target.Network.Forward(probe);
        Assert.InRange((expected - folded.Forward(probe)).abs().max().ToDouble(), 0, 1e-4 * (1 + expected.abs().max().ToDouble()));
    }

    [Fact]
    public void Weights_of_another_copy_take_the_place_of_those_before()
    {
        using var target = ResNet();
        var context = ZooTests.Context([2, 12, 12], [2, 12, 12], outputs: 4) with { Target = target };
        var probe = randn(5, 2, 12, 12);
        using var other = target.Copy();
        Initialisation.ResetAll(other, new SeededRandom(1, "other"));

        using var mould = Mould.Of(new TargetArchitecture(), context, probe)!;
        mould.Network.Import(other.Export());
        using var folded = Folding.TryFold(mould.Network, probe)!;

        var expected = other.Forward(probe);
        Assert.InRange((expected - folded.Forward(probe)).abs().max().ToDouble(), 0, 1e-4 * (1 + expected.abs().max().ToDouble()));
        Assert.True((expected - target.Network.Forward(probe)).abs().max().ToDouble() > 0.01);
    }

    [Fact]
    public void A_TorchScript_model_whose_layers_are_not_the_zoos_has_no_mould()
    {
        using var task = SmallTask.Cnn();

        Assert.Null(Mould.Of(new TargetArchitecture(), task.Workshop.Architectures, task.Workshop.Probe));
    }

    public void Dispose()
    {
        scope.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private TargetModel ResNet()
    {
        var path = Path.Combine(folder, "resnet18.pt");
        using (var packed = new GZipStream(File.OpenRead(Fixtures.PathOf("resnet18-scripted.pt.gz")), CompressionMode.Decompress))
        using (var file = File.Create(path))
        {
            packed.CopyTo(file);
        }

        return TargetModel.Load(path, new Classification(), SmallTask.Table([2, 12, 12], 8, "owner", 4));
    }
}
