using TorchSharp;
using Utaf.Models;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Tests;

[Collection(TorchSession.Name)]
public sealed class RowRoomTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public static TheoryData<string> Tables { get; } = ["images", "labels", "turned"];

    [Theory]
    [MemberData(nameof(Tables))]
    public void Rows_are_those_of_the_table(string name)
    {
        var table = Table(name);
        using var room = new RowRoom(4);
        long[][] batches = [[3, 0, 6, 3], [1, 2], [6, 5, 4, 0]];

        foreach (var rows in batches)
        {
            var expected = table.index_select(0, tensor(rows));

            var taken = room.Take(table, rows);

            Assert.Equal(expected.shape, taken.shape);
            Assert.Equal(expected.dtype, taken.dtype);
            Assert.True(expected.eq(taken).all().ToBoolean());
        }
    }

    [Fact]
    public void Every_batch_takes_the_same_room_which_begins_as_torchs_own_memory_does()
    {
        using var room = new RowRoom(4);
        var table = Table("images");

        var first = Start(room.Take(table, [1, 2, 3, 4]));

        Assert.Equal(first, Start(room.Take(table, [6, 0])));
        Assert.Equal(0, first % 64);

        static unsafe nint Start(Tensor rows)
        {
            fixed (byte* start = rows.bytes)
            {
                return (nint)start;
            }
        }
    }

    [Fact]
    public void The_room_outlives_the_scope_of_a_step_and_ends_by_itself()
    {
        var table = Table("images");
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (var room = new RowRoom(4))
        {
            using (NewDisposeScope())
            {
                _ = room.Take(table, [1]);
            }

            using var scope = NewDisposeScope();
            Assert.True(room.Take(table, [2]).eq(table.narrow(0, 2, 1)).all().ToBoolean());
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void A_training_has_the_bits_of_one_whose_batches_are_new_each_time()
    {
        using var task = SmallTask.Cnn(50);
        var recipe = new IndependentTraining(new SmallConvNet([8]), DataSource.Owner, new(2, 16), 0);

        Assert.Equal(Trained(turned: false), Trained(turned: true));

        string Trained(bool turned)
        {
            var draft = recipe.Prepare(task.Context("room"));
            using var network = draft.Network;

            // Rows of a table that is not contiguous are taken by torch.
            var inputs = draft.Training!.Data.Inputs;
            var data = draft.Training.Data with { Inputs = turned ? inputs.permute(1, 2, 3, 0).contiguous().permute(3, 0, 1, 2) : inputs };
            Assert.Equal(!turned, data.Inputs.is_contiguous());
            Trainer.Train(network, draft.Training with { Data = data }, task.Workshop.Task, "room", TestContext.Current.CancellationToken);
            return network.WeightsSha256();
        }
    }

    [Fact]
    public void A_batch_has_inputs_and_targets_of_the_same_rows()
    {
        using var data = new TensorData(arange(6, ScalarType.Float32).view(6, 1), arange(6, ScalarType.Int64));
        using var turned = new TensorData(arange(12, ScalarType.Float32).view(2, 6).t(), arange(12, ScalarType.Float32).view(2, 6).t());
        foreach (var table in (TensorData[])[data, turned])
        {
            using var room = new BatchRoom(3);

            var (inputs, targets) = room.Take(table, [5, 1]);

            Assert.Equal([5f, 1f], inputs.select(1, 0).data<float>().ToArray());
            Assert.Equal([5f, 1f], targets.view(2, -1).select(1, 0).to_type(ScalarType.Float32).data<float>().ToArray());
        }
    }

    public void Dispose() => scope.Dispose();

    private static Tensor Table(string name) => name switch
    {
        "labels" => arange(7, ScalarType.Int64),
        "turned" => randn(5, 7).t(),
        _ => randn(7, 2, 3, 3),
    };
}
