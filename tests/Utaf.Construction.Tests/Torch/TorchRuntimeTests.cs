using static TorchSharp.torch;

namespace Utaf.Torch.Tests;

[Collection(TorchSession.Name)]
public sealed class TorchRuntimeTests
{
    [Fact]
    public void A_stage_may_have_threads_of_its_own()
    {
        var before = get_num_threads();

        using (TorchRuntime.WithThreads(before + 2))
        {
            Assert.Equal(before + 2, get_num_threads());
        }

        Assert.Equal(before, get_num_threads());
    }
}
