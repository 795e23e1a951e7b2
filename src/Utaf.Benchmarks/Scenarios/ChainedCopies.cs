using Utaf.Ensembles;
using Utaf.Ensembles.Obfuscations;
using Utaf.Torch;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>
/// Copies that were obfuscated twice, of which the paper's ensemble has none: held-out copies, of which no fingerprint knows
/// anything, go through one more of the ensemble's own obfuscations.
/// </summary>
internal static class ChainedCopies
{
    /// <summary>The name of the attack, and the family of its copies.</summary>
    public const string Name = "chain";

    private const int Starts = 2;
    private const double PrunedWeights = 0.5;

    /// <summary>The copies, each made when it is loaded; none where the ensemble has chains of its own, which are learned from.</summary>
    /// <param name="ensemble">Built.</param>
    /// <param name="split">Its parts: the chains start from the first two stolen test members of each family.</param>
    /// <param name="stop">Looked at between steps of training.</param>
    public static IReadOnlyList<TriedSuspect> Of(OpenedEnsemble ensemble, EnsembleSplit split, CancellationToken stop)
    {
        var (folder, workshop) = (ensemble.Folder, ensemble.Workshop);
        if (folder.Plan.Members.Any(member => member.Parent is not null))
        {
            return [];
        }

        return
        [
            .. from family in split.Test.Where(member => member.Stolen).GroupBy(member => member.Family)
               from first in family.Take(Starts)
               from second in After(first.Recipe)
               select Chain(first, second),
        ];

        // As long as in the ensemble: these are its own recipes.
        T Own<T>(Func<T, bool> wanted) => folder.Plan.Members.Select(member => member.Recipe).OfType<T>().First(wanted);

        IEnumerable<Obfuscation> After(Recipe first)
        {
            var tuned = Own<FineTuning>(recipe => recipe.Layers == TrainedLayers.All);
            var pruned = Own<WeightPruning>(recipe => recipe is { Scope: PruningScope.Global, Ratio: PrunedWeights });
            return first switch
            {
                FineTuning => [pruned, Own<Retraining>(recipe => recipe.Layers == TrainedLayers.Last), Own<Distillation>(_ => true)],
                Retraining => [pruned],
                Distillation => [tuned, pruned],
                _ => [tuned],
            };
        }

        TriedSuspect Chain(Member first, Obfuscation second)
        {
            var id = $"{first.Id}+{second.Id}";
            return new(id, Stolen: true, Name, id, () => second.Build(new(
                id,
                workshop,
                () => folder.Load(first, workshop.Architectures).To(workshop.Device),
                new SeededRandom(folder.Plan.Seed, id),
                stop)).Freeze());
        }
    }
}
