using TorchSharp;
using Utaf.Torch.Tests;

namespace Utaf.Construction.Tests;

[Collection(TorchSession.Name)]
public sealed class MemoryTests(BuiltEnsembles ensembles) : IClassFixture<BuiltEnsembles>
{
    [Theory]
    [MemberData(nameof(PairConstructionTests.TasksAndSchedules), MemberType = typeof(PairConstructionTests))]
    public void Two_hundred_iterations_leave_no_tensor_behind(string task, Schedule schedule)
    {
        var before = Live();
        var live = new Dictionary<int, long>();

        ensembles.Of(task).Construct(new(20, schedule, Iterations: 200, Patience: 200), progress => live[progress.Done] = Live());

        // At both of these the validation part was just measured, whose tensors live until the step ends.
        Assert.Equal(live[100], live[200]);
        Assert.Equal(before, Live());

        static long Live() => DisposeScopeManager.Statistics.ThreadTotalLiveCount;
    }

    [Theory]
    [InlineData(Schedule.Batched)]
    [InlineData(Schedule.Paper)]
    public void Resident_memory_is_the_same_after_fifty_and_after_two_hundred_iterations(Schedule schedule)
    {
        var resident = new Dictionary<int, long>();

        ensembles.Of("regression").Construct(new(Schedule: schedule, Iterations: 200, Patience: 200), progress =>
        {
            if (progress.Done is 50 or 200)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                GC.Collect();
                resident[progress.Done] = Environment.WorkingSet;
            }
        });

        Assert.True(resident[200] - resident[50] < 16 << 20, $"{(resident[200] - resident[50]) >> 20} MB more after 200 iterations than after 50");
    }
}
