namespace Utaf.Benchmarks.Speed;

/// <summary>What can be measured, by the names that <c>--only</c> takes. Adding one is a file and a line here.</summary>
internal static class Measurements
{
    public const string Ensemble = "ensemble";
    public const string Construct = "construct";
    public const string ConstructAuc = "construct-auc";
    public const string Verify = "verify";
    public const string Training = "training";
    public const string Iteration = "iteration";
    public const string IterationAuc = "iteration-auc";
    public const string Start = "start";
    public const string Growth = "growth";
    public const string Memory = "memory";

    /// <summary>Those that one run of the Warfarin scenario gives.</summary>
    public static IReadOnlyList<string> OfWarfarin { get; } = [Ensemble, Construct, ConstructAuc, Verify];

    /// <summary>All, in the order in which they are made.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. OfWarfarin, Training, Iteration, IterationAuc, Start, Growth, Memory];

    /// <summary>Makes those that were chosen.</summary>
    public static IEnumerable<IReadOnlyList<SpeedRow>> Make(SpeedSession session)
    {
        (IReadOnlyList<string> Names, Func<SpeedSession, IReadOnlyList<SpeedRow>> Measure)[] all =
        [
            (OfWarfarin, WarfarinSpeed.Measure),
            ([Training], TrainingSpeed.Measure),
            ([Iteration], IterationSpeed.Measure),
            ([IterationAuc], IterationAucSpeed.Measure),
            ([Start], StartSpeed.Measure),
            ([Growth], GrowthSpeed.Measure),
            ([Memory], MemorySpeed.Measure),
        ];
        return all.Where(measurement => session.Settings.Wants(measurement.Names)).Select(measurement => session.Try(measurement.Names, () => measurement.Measure(session)));
    }
}
