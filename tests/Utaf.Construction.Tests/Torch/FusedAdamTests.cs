using TorchSharp;
using TorchSharp.Modules;
using Utaf.Models.Tests;
using static TorchSharp.torch;

namespace Utaf.Torch.Tests;

[Collection(TorchSession.Name)]
public sealed class FusedAdamTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void Steps_are_PyTorchs_whatever_the_shape_type_and_layout(ScalarType type)
    {
        Tensor[] starts = [randn(37, type), randn([3, 5, 2, 2], type), randn([3, 5, 2, 2], type).permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2), randn([600, 601], type), randn([7, 5], type).t(), randn([2, 3, 4, 5], type).permute(3, 2, 1, 0)];
        Parameter[] mine = [.. starts.Select(start => new Parameter(start.clone()))];
        Parameter[] theirs = [.. starts.Select(start => new Parameter(start.clone()))];
        using var fused = new FusedAdam(mine, 1e-2, 0.99);
        using var torch = optim.Adam(theirs, 1e-2, beta2: 0.99);

        for (var step = 0; step < 4; step++)
        {
            fused.Rate = torch.ParamGroups.Single().LearningRate = 1e-2 / (step + 1);
            for (var i = 0; i < starts.Length; i++)
            {
                var gradient = randn_like(starts[i]);
                (mine[i].grad, theirs[i].grad) = (gradient.clone(), gradient.clone());
            }

            fused.Step();
            torch.step();
        }

        foreach (var (found, expected) in mine.Zip(theirs))
        {
            Fixtures.Near([.. expected.detach().to_type(ScalarType.Float32).flatten().data<float>()], found.flatten());
            Assert.Null(found.grad);
        }
    }

    [Fact]
    public void A_parameter_without_a_gradient_stays_as_it_is()
    {
        Parameter[] parameters = [new(ones(3)), new(ones(3))];
        using var fused = new FusedAdam(parameters, 0.1);
        parameters[1].grad = ones(3);

        fused.Step();

        Assert.Equal([1, 1, 1], parameters[0].data<float>());
        Assert.All(parameters[1].data<float>().ToArray(), value => Assert.Equal(0.9f, value, 1e-6f));
    }

    [Fact]
    public void More_threads_make_the_same_step()
    {
        var (values, gradient) = (randn(1_000_003), randn(1_000_003));
        var before = get_num_threads();
        try
        {
            Assert.Equal(Stepped(1), Stepped(3));
        }
        finally
        {
            set_num_threads(before);
        }

        float[] Stepped(int threads)
        {
            set_num_threads(threads);
            var parameter = values.clone();
            using var fused = new FusedAdam([parameter], 0.1);
            fused.Step([gradient]);
            fused.Step([gradient]);
            return [.. parameter.data<float>()];
        }
    }

    public void Dispose() => scope.Dispose();
}
