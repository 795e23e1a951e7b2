using Utaf.Models;
using Utaf.Torch;

namespace Utaf.Ensembles;

/// <summary>What part of the ensemble goes where.</summary>
/// <param name="Test">Fraction that is held out and touched once, in (0, 1).</param>
/// <param name="Validation">Fraction of the rest on which choices are made, in (0, 1).</param>
public sealed record SplitFractions(double Test = 0.4, double Validation = 0.2);

/// <summary>
/// The ensemble in three parts: training, validation for choices, and a test part that is touched once. Whole lines of
/// descent stay together, and copies with the same weights are left out, so nothing leaks from one part to another.
/// </summary>
/// <param name="Training">Members to learn from; those that are for nothing else come last.</param>
/// <param name="Validation">Members to choose by.</param>
/// <param name="Test">Members to report on.</param>
/// <param name="Duplicates">Members left out because another has the same weights.</param>
public sealed record EnsembleSplit(
    IReadOnlyList<Member> Training,
    IReadOnlyList<Member> Validation,
    IReadOnlyList<Member> Test,
    IReadOnlyList<Member> Duplicates)
{
    /// <summary>Splits the members of a folder, all of them built.</summary>
    /// <param name="folder">The ensemble.</param>
    /// <param name="target">Its target.</param>
    /// <param name="fractions">How much goes where.</param>
    /// <exception cref="UtafException">See <see cref="Make"/>.</exception>
    public static EnsembleSplit Of(EnsembleFolder folder, TargetModel target, SplitFractions fractions) =>
        Make(folder.Plan, folder.WeightsSha256, fractions, target.Network.WeightsSha256());

    /// <summary>Splits a plan's members by lineage, family by family.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="weightsSha256">The digest of a built member's weights.</param>
    /// <param name="fractions">How much goes where.</param>
    /// <param name="targetWeights">The digest of the target's weights: a copy that nothing was done to is the target again.</param>
    /// <exception cref="UtafException">UTAF1001: a fraction outside (0, 1); UTAF1405: a part without positives or without negatives.</exception>
    public static EnsembleSplit Make(EnsemblePlan plan, Func<Member, string> weightsSha256, SplitFractions fractions, string? targetWeights = null)
    {
        RequireFraction("--test-fraction", fractions.Test);
        RequireFraction("--validation-fraction", fractions.Validation);
        var digests = plan.Members.ToDictionary(member => member.Id, weightsSha256);

        // Of two with the same weights the one that is reported on stays.
        var distinct = plan.Members.Where(member => digests[member.Id] != targetWeights).OrderBy(plan.IsForTrainingAlone).DistinctBy(member => digests[member.Id]).ToList();
        var (training, validation, test) = (new List<Member>(), new List<Member>(), new List<Member>());
        var random = new SeededRandom(plan.Seed, "split");

        foreach (var side in distinct.Where(member => !plan.IsForTrainingAlone(member)).GroupBy(member => member.Stolen))
        {
            // By the weights that a line starts from: its first member may have been left out for another of the same.
            var lineages = side.GroupBy(member => digests[plan.Lineage(member)]).GroupBy(lineage => lineage.First().Family).SelectMany(family => random.Shuffle([.. family]));
            var (tested, validated, all) = (0, 0, side.Count());
            var seen = 0;

            // Dealt out in proportion along the list, which goes family by family: each family is spread over the parts.
            foreach (var lineage in lineages)
            {
                var size = lineage.Count();
                seen += size;
                if (tested + (size / 2.0) <= fractions.Test * seen && tested < fractions.Test * all)
                {
                    test.AddRange(lineage);
                    tested += size;
                }
                else if (validated + (size / 2.0) <= fractions.Validation * (seen - tested))
                {
                    validation.AddRange(lineage);
                    validated += size;
                }
                else
                {
                    training.AddRange(lineage);
                }
            }
        }

        foreach (var (name, part) in new[] { ("training", training), ("validation", validation), ("test", test) })
        {
            if (!part.Any(member => member.Stolen) || part.All(member => member.Stolen))
            {
                throw Errors.EnsembleTooSmall($"its {name} part has {part.Count(member => member.Stolen)} positives and {part.Count(member => !member.Stolen)} negatives.");
            }
        }

        return new([.. training, .. distinct.Where(plan.IsForTrainingAlone)], validation, test, [.. plan.Members.Except(distinct)]);
    }

    private static void RequireFraction(string option, double value)
    {
        if (value is not (> 0 and < 1))
        {
            throw Errors.BadOption(option, $"{value}", "a fraction between 0 and 1");
        }
    }
}
