using Utaf.Construction;

namespace Utaf.Benchmarks.Speed.Work;

/// <summary>The batched schedule on ResNet-18s, with the validation AUC over the time; ends when it is 1.</summary>
/// <param name="Images">As for <see cref="ResNetMembersWork"/>.</param>
/// <param name="Folder">As for <see cref="ResNetMembersWork"/>.</param>
/// <param name="MemberExamples">As for <see cref="ResNetMembersWork"/>.</param>
/// <param name="Examples">N.</param>
/// <param name="Iterations">The most steps of the fingerprint, at most 10: so many are measured.</param>
internal sealed record ResNetAucWork(string Images, string Folder, int MemberExamples, int Examples, int Iterations) : SpeedWork
{
    public override void Run(Action<StageLine> report)
    {
        ResNetScenario.Start();
        using var ensemble = ResNetMembersWork.Open(Folder, Images, MemberExamples);
        using var enough = new CancellationTokenSource();
        StepClock? steps = null;

        // Reading the members is part of the time, however often it is done.
        steps = new StepClock(progress =>
        {
            if (progress.Point?.ValidationAuc is { } auc)
            {
                report(new("auc", steps!.Now, new Dictionary<string, double> { ["auc"] = auc, ["iterations"] = progress.Done }));
                if (auc >= 1)
                {
                    enough.Cancel();
                }
            }
        });
        try
        {
            PairConstruction.Construct(ensemble.Folder, ensemble.Workshop, ensemble.Model, new(Examples, Iterations: Iterations, Fractions: ResNetMembersWork.Fractions), "benchmark", steps, enough.Token);
        }
        catch (OperationCanceledException)
        {
            // As meant: there is nothing more to reach.
        }

        report(new("construct", steps.Now, new Dictionary<string, double>()));
    }
}
