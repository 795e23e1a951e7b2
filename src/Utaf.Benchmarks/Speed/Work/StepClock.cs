using System.Diagnostics;
using Utaf.Construction;

namespace Utaf.Benchmarks.Speed.Work;

/// <summary>When each step of Stage 2 was done. Told from the thread that works, unlike <see cref="Progress{T}"/>.</summary>
internal sealed class StepClock(Action<ConstructionProgress>? told = null) : IProgress<ConstructionProgress>
{
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly List<double> steps = [];

    /// <summary>Seconds since the start after which each step was done.</summary>
    public IReadOnlyList<double> Steps => steps;

    /// <summary>Seconds since the start.</summary>
    public double Now => clock.Elapsed.TotalSeconds;

    /// <summary>
    /// Seconds of all steps alone, without what comes before and after: the first step, which cannot be told from what comes
    /// before, counts as much as the mean of the others.
    /// </summary>
    public double Loop => steps.Count > 1 ? (steps[^1] - steps[0]) * steps.Count / (steps.Count - 1) : double.NaN;

    public void Report(ConstructionProgress value)
    {
        steps.Add(Now);
        told?.Invoke(value);
    }
}
