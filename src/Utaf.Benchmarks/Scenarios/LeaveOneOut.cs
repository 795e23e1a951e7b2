using Utaf.Ensembles;
using Utaf.Ensembles.Obfuscations;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>An ensemble's parts with one kind of member in the test part alone: a family of obfuscations, or an architecture of honest models.</summary>
internal sealed class LeaveOneOut(EnsemblePlan plan, EnsembleSplit split, SettingChoice choice)
{
    private const string Pruning = "pruning";

    /// <summary>What can be left out of a plan's ensemble: families, both kinds of pruning together where there are both, and honest architectures.</summary>
    public static IReadOnlyList<string> Kinds(EnsemblePlan plan) => [.. KindsOf(plan, stolen: true), .. KindsOf(plan, stolen: false)];

    /// <summary>Refuses what is to be left out and is not in a plan.</summary>
    /// <param name="plan">The ensemble's.</param>
    /// <param name="names">Of families and architectures.</param>
    /// <exception cref="UtafException">UTAF1001.</exception>
    public static void RequireKinds(EnsemblePlan plan, IReadOnlyList<string> names)
    {
        if (names.FirstOrDefault(name => !Kinds(plan).Contains(name)) is { } unknown)
        {
            throw Errors.BadOption("--settings", $"without={unknown}", $"without= and one of {string.Join(", ", Kinds(plan))}");
        }
    }

    /// <summary>The families and then the architectures that are left out in turn, with what is learned from without them.</summary>
    public IReadOnlyList<(string Left, EnsembleSplit Split)> Parts() => [.. Without(stolen: true), .. Without(stolen: false)];

    private static IReadOnlyList<string> KindsOf(EnsemblePlan plan, bool stolen) =>
    [
        .. plan.Members.Where(member => member.Stolen == stolen && !plan.IsForTrainingAlone(member)).SelectMany(member => KindsOf(plan, member)).Distinct().Order(StringComparer.Ordinal),
    ];

    private static string[] KindsOf(EnsemblePlan plan, Member member)
    {
        if (!member.Stolen)
        {
            return [plan.ArchitectureOf(member).Id];
        }

        return IsPruned(member) && plan.Members.Where(IsPruned).DistinctBy(pruned => pruned.Family).Count() > 1 ? [member.Family, Pruning] : [member.Family];

        static bool IsPruned(Member member) => member is { Stolen: true, Parent: null, Recipe: WeightPruning or FilterPruning };
    }

    private IEnumerable<(string Left, EnsembleSplit Split)> Without(bool stolen)
    {
        Member[] all = [.. split.Training, .. split.Validation, .. split.Test];
        var parts =
            from left in KindsOf(plan, stolen)
            let without = split with
            {
                Training = Others(split.Training, left),
                Validation = Others(split.Validation, left),
                Test = [.. all.Where(member => IsLeft(member, left) && !plan.IsForTrainingAlone(member)), .. split.Test.Where(member => member.Stolen != stolen)],
            }
            where HasBothSides(without.Training) && HasBothSides(without.Validation)
            select (Left: left, without);
        return parts.Where((part, place) => place < choice.Without || choice.LeftOut.Contains(part.Left));

        bool IsLeft(Member member, string left) => member.Stolen == stolen && KindsOf(plan, member).Contains(left);

        List<Member> Others(IReadOnlyList<Member> part, string left) => [.. part.Where(member => !IsLeft(member, left))];
    }

    private bool HasBothSides(IReadOnlyList<Member> part) =>
        part.Where(member => !plan.IsForTrainingAlone(member)).DistinctBy(member => member.Stolen).Count() == 2;
}
