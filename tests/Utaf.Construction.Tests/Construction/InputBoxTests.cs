using TorchSharp;
using Utaf.Data;
using Utaf.Models.Tests;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Construction.Tests;

[Collection(TorchSession.Name)]
public sealed class InputBoxTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    [Fact]
    public void Each_column_of_a_table_stays_in_its_own_range_however_large_the_free_variables()
    {
        using var box = InputBox.Of(Table([3], [0.1f, -5, 1000, 0.7f, 3, 1001, 0.3f, 0, 1000.5f]), images: false, CPU);

        var inputs = box.ToInputs(cat([randn(500, 3) * 5, full([1, 3], 50f), full([1, 3], -50f)]));

        foreach (var (column, low, high) in new[] { (0, 0.1f, 0.7f), (1, -5f, 3f), (2, 1000f, 1001f) })
        {
            var values = inputs.select(1, column).data<float>().ToArray();
            Assert.Equal((low, high), (values.Min(), values.Max()));
        }

        Assert.Equal((-5, 1001), (box.Minimum, box.Maximum));
    }

    [Fact]
    public void No_rounding_leaves_the_box()
    {
        var random = new Random(3);
        float[] low = [.. Enumerable.Range(0, 2000).Select(_ => (float)(random.NextDouble() * -5))];
        float[] high = [.. low.Select(_ => (float)(random.NextDouble() * 0.01))];
        using var box = InputBox.Of(Table([2000], [.. low, .. high]), images: false, CPU);

        var top = box.ToInputs(full([1, 2000], 40f)).data<float>().ToArray();
        var bottom = box.ToInputs(full([1, 2000], -40f)).data<float>().ToArray();

        Assert.DoesNotContain(top.Zip(high), pair => pair.First > pair.Second);
        Assert.DoesNotContain(bottom.Zip(low), pair => pair.First < pair.Second);
    }

    [Fact]
    public void The_pixels_of_images_share_the_range_of_all()
    {
        using var box = InputBox.Of(Table([1, 2, 2], [0, 16, 3, 3, 0, 4, 3, 3]), images: true, CPU);

        var inputs = box.ToInputs(cat([full([1, 1, 2, 2], 50f), full([1, 1, 2, 2], -50f)]));

        Assert.Equal([16f, 16, 16, 16, 0, 0, 0, 0], inputs.data<float>());
    }

    [Fact]
    public void Inputs_inside_the_box_come_back_from_their_free_variables()
    {
        using var box = InputBox.Of(Table([2], [-1, 10, 3, 30]), images: false, CPU);
        var inputs = tensor(new float[] { -0.5f, 12, 1, 20, 2.5f, 28 }, 3, 2);

        var back = box.ToInputs(box.ToFree(inputs));

        Assert.True((back - inputs).abs().max().item<float>() < 1e-5f);
    }

    [Fact]
    public void A_constant_column_stays_what_it_is()
    {
        using var box = InputBox.Of(Table([2], [7, 0, 7, 1]), images: false, CPU);

        var free = box.ToFree(tensor(new float[] { 7, 0.5f }, 1, 2));

        Assert.Equal(0, free[0, 0].item<float>());
        Assert.Equal(7, box.ToInputs(free + 3)[0, 0].item<float>());
    }

    [Fact]
    public void Inputs_on_the_border_can_still_move()
    {
        using var box = InputBox.Of(Table([1], [0, 1]), images: false, CPU);
        var free = box.ToFree(tensor(new float[] { 0, 1 }, 2, 1)).requires_grad_();

        box.ToInputs(free).sum().backward();

        Assert.All(free.grad!.data<float>().ToArray(), gradient => Assert.True(gradient > 0.05f, $"{gradient}"));
    }

    [Fact]
    public void The_way_back_by_hand_is_that_of_torchs_graph()
    {
        using var box = InputBox.Of(Table([3], [0.1f, -5, 1000, 0.7f, 3, 1001]), images: false, CPU);
        var free = randn(20, 3);
        var ofInputs = randn(20, 3);
        var leaf = free.clone().requires_grad_();
        box.ToInputs(leaf).backward([ofInputs]);

        var (inputs, gradient) = box.Pass(free);

        Assert.Equal(box.ToInputs(free).data<float>().ToArray(), inputs.data<float>().ToArray());
        Fixtures.Near(leaf.grad!.data<float>().ToArray(), gradient(ofInputs));
    }

    public void Dispose() => scope.Dispose();

    private static DataTable Table(int[] shape, float[] inputs) => new(shape, inputs, 0, [], "table");
}
