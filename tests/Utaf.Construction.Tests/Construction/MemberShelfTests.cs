using TorchSharp;
using Utaf.Ensembles;
using Utaf.Ensembles.Obfuscations;
using Utaf.Ensembles.Tests;
using Utaf.Models;
using Utaf.Models.Folding;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Construction.Tests;

[Collection(TorchSession.Name)]
public sealed class MemberShelfTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("utaf-shelf-").FullName;
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly SmallTask task = SmallTask.Cnn();
    private readonly EnsembleFolder folder;

    public MemberShelfTests()
    {
        var convolutional = new SmallConvNet([16, 32]);
        Recipe[] recipes =
        [
            new IndependentTraining(convolutional, DataSource.Owner, new(1), 0),
            new IndependentTraining(convolutional, DataSource.Public, new(1), 1),
            new IndependentTraining(new TargetArchitecture(), DataSource.Public, new(1), 2),
            new FineTuning(TrainedLayers.All, new(1), 0),
        ];
        folder = EnsembleFolder.Under(root, task.Plan([.. recipes.Select(recipe => new Member(recipe.Id, recipe is Obfuscation, null, recipe))]));
        EnsembleBuilder.BuildMissing(folder, task.Workshop, null, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Each_member_and_the_target_answer_as_themselves_however_few_are_held()
    {
        IReadOnlyList<Member?> members = [null, .. folder.Plan.Members];
        using var plenty = new MemberShelf(members, folder, task.Workshop);
        using var scarce = new MemberShelf(members, folder, task.Workshop, budget: 1);
        int[] order = [0, 1, 2, 3, 4, 2, 1, 0, 4];

        foreach (var place in order)
        {
            var expected = Alone(members[place], task.Workshop.Probe);
            foreach (var shelf in (MemberShelf[])[plenty, scarce])
            {
                MlpStack.Near(expected, shelf.Take(place, new()).Forward(task.Workshop.Probe));
            }

            Assert.Equal(1, scarce.Count);
        }

        Assert.Equal(5, plenty.Count);
    }

    [Fact]
    public void What_is_held_is_not_read_again()
    {
        using var shelf = new MemberShelf([.. folder.Plan.Members], folder, task.Workshop);
        var first = shelf.Take(0, new());
        File.Delete(folder.FileOf(folder.Plan.Members[0]));

        Assert.Same(first, shelf.Take(0, new()));
    }

    [Fact]
    public void What_is_read_again_is_not_proved_again()
    {
        using var shelf = new MemberShelf([.. folder.Plan.Members], folder, task.Workshop, budget: 1);
        var first = Assert.IsType<FoldedNetwork>(shelf.Take(0, new())).Size;
        _ = shelf.Take(1, new());

        var again = Assert.IsType<FoldedNetwork>(shelf.Take(0, new()));

        // What a proof measures is another object each time.
        Assert.Same(first, again.Size);
        Assert.NotSame(first, Assert.IsType<FoldedNetwork>(shelf.Take(0, new(ScalarType.BFloat16))).Size);
        Assert.InRange(first.GraphBytes, 1, long.MaxValue);
    }

    [Fact]
    public void The_zoos_networks_are_folded_and_others_stay_whole_in_any_type()
    {
        using var shelf = new MemberShelf([.. folder.Plan.Members], folder, task.Workshop);

        Assert.IsType<FoldedNetwork>(shelf.Take(0, new(ScalarType.BFloat16)));
        Assert.NotSame(shelf.Take(0, new(ScalarType.BFloat16)), shelf.Take(0, new()));
        Assert.IsType<WholeNetwork>(shelf.Take(2, new(ScalarType.BFloat16)));
        Assert.Same(shelf.Take(2, new(ScalarType.BFloat16)), shelf.Take(2, new()));
    }

    [Fact]
    public void A_member_that_was_damaged_since_is_refused_when_it_is_asked()
    {
        using var shelf = new MemberShelf([.. folder.Plan.Members], folder, task.Workshop);
        var file = folder.FileOf(folder.Plan.Members[1]);
        var bytes = File.ReadAllBytes(file);
        bytes[^5] ^= 1;
        File.WriteAllBytes(file, bytes);

        var error = Assert.Throws<UtafException>(() => shelf.Take(1, new())).Diagnostic;

        Assert.Equal(("UTAF1402", file), (error.Code, error.Origin));
    }

    public void Dispose()
    {
        task.Dispose();
        scope.Dispose();
        Directory.Delete(root, recursive: true);
    }

    private Tensor Alone(Member? member, Tensor inputs)
    {
        using var noGradient = no_grad();
        using var network = member is null ? task.Target.Copy() : folder.Load(member, task.Workshop.Architectures);
        return network.Forward(inputs).flatten(1);
    }
}
