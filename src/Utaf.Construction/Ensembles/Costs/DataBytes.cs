using Utaf.Data;
using Utaf.Ensembles.Obfuscations;
using Utaf.Models;

namespace Utaf.Ensembles.Costs;

/// <summary>The memory of data while members are built, beside the tables as they were read.</summary>
/// <param name="data">The data of Stage 1.</param>
/// <param name="task">What the target was trained to do.</param>
/// <param name="outputWidth">The target's.</param>
internal sealed class DataBytes(EnsembleData data, LearningTask task, int outputWidth)
{
    // Labels are int64 on the device.
    private const int TargetSize = sizeof(long);

    /// <summary>What all members share: the tables on the device, and the target's outputs, which students that draw their inputs ask for in each step.</summary>
    public long Shared => Inputs(data.Owner) + Targets(data.Owner) + Inputs(data.Public) + Targets(data.Public) + (task.DrawsInputs ? 0 : Outputs);

    private long Outputs => (long)data.Public.Count * outputWidth * sizeof(float);

    /// <summary>What a member has for itself, from the time when it is prepared until its training ends.</summary>
    public long Own(Member member) => member.Recipe switch
    {
        IndependentTraining { Source: DataSource.Irrelevant } independent => independent.IrrelevantTable(data) is { } table
            ? Inputs(data.Irrelevant[table]) + Targets(data.Irrelevant[table])
            : Targets(data.Public),

        // A thief's features are learned from inputs with noise of the member's own.
        not (IndependentTraining or Distillation) when task.LearnsFeatures && member.Recipe.Effort is not null => Inputs(data.Public) + Outputs,
        _ => 0,
    };

    /// <summary>What members of one shape learn from, once more as their stacks read it: each table once.</summary>
    /// <param name="members">All that are prepared at the same time.</param>
    public long Pooled(IEnumerable<Member> members)
    {
        var (inputs, targets) = (new Dictionary<string, long>(), new Dictionary<string, long>());
        foreach (var member in members)
        {
            var (source, table) = member.Recipe switch
            {
                IndependentTraining { Source: DataSource.Irrelevant } independent when independent.IrrelevantTable(data) is { } given => (member.Id, data.Irrelevant[given]),
                IndependentTraining { Source: DataSource.Owner } => (nameof(DataSource.Owner), data.Owner),
                _ => (nameof(DataSource.Public), data.Public),
            };
            var ownTargets = member.Recipe is IndependentTraining { Source: DataSource.Irrelevant };
            inputs[source] = Inputs(table);
            targets[ownTargets ? member.Id : $"{source}, {member.Recipe is Distillation}"] = member.Recipe is Distillation ? Outputs : Targets(table);
        }

        return inputs.Values.Sum() + targets.Values.Sum();
    }

    private static long Inputs(DataTable table) => table.Inputs.LongLength * sizeof(float);

    // Where there are none, as many are made up.
    private static long Targets(DataTable table) => Math.Max(table.Targets.LongLength, table.Count) * TargetSize;
}
