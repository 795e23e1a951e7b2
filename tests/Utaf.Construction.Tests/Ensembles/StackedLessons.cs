using Utaf.Torch;

namespace Utaf.Ensembles.Tests;

/// <summary>What recipes say of their lessons before these are there, compared with the lessons.</summary>
internal static class StackedLessons
{
    /// <summary>Prepares one member of each family of a plan.</summary>
    public static void AreForetold(EnsemblePlan plan, Workshop workshop)
    {
        var trained = plan.Members.Where(member => member.Recipe.Effort is not null).DistinctBy(member => member.Family).ToList();

        Assert.Contains(trained, member => member.Stolen);
        Assert.Contains(trained, member => !member.Stolen);
        Assert.All(trained, member =>
        {
            var draft = member.Recipe.Prepare(new(member.Id, workshop, workshop.Target.Copy, new SeededRandom(5, member.Id), TestContext.Current.CancellationToken));
            using var training = draft.Training;
            using var network = draft.Network;
            Assert.Equal(training!.Lesson.CanBeStacked, member.Recipe.LearnsInStacks(workshop.Task));
        });
    }
}
