namespace Utaf.Ensembles;

/// <summary>What a member's training costs, known before it is prepared.</summary>
/// <param name="Step">What is done in a step: the same words for steps that take the same time with one architecture.</param>
/// <param name="Settings">How many steps.</param>
/// <param name="Source">Whose examples, and so how many.</param>
public sealed record TrainingEffort(string Step, TrainingSettings Settings, DataSource Source)
{
    /// <summary>The effort of one of the thief's trainings on public data; null where it has no epochs at all.</summary>
    internal static TrainingEffort? OnPublicData(string step, TrainingSettings settings) =>
        settings.Epochs > 0 ? new(step, settings, DataSource.Public) : null;

    /// <summary>Steps in all. A last batch of one example is left out.</summary>
    /// <param name="data">The data of Stage 1.</param>
    public long Steps(EnsembleData data)
    {
        var examples = Source switch
        {
            DataSource.Owner => data.Owner.Count,
            DataSource.Irrelevant when data.Irrelevant.Count > 0 => (int)data.Irrelevant.Average(table => table.Count),
            _ => data.Public.Count,
        };
        return (long)Settings.Epochs * StepsPerEpoch(examples, Settings.BatchSize);
    }

    /// <summary>Steps of one pass over the data.</summary>
    internal static int StepsPerEpoch(int examples, int batchSize) => (examples / batchSize) + (examples % batchSize > 1 || examples == 1 ? 1 : 0);
}
