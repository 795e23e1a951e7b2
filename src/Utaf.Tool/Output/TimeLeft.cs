namespace Utaf.Tool.Output;

/// <summary>Guesses how long a stage will still take: what is left at the mean pace so far.</summary>
/// <param name="time">The clock.</param>
internal sealed class TimeLeft(TimeProvider time)
{
    private readonly long start = time.GetTimestamp();
    private int? first;

    /// <summary>The guess after a report; null before there is a pace.</summary>
    /// <param name="done">What the first report names was done before: by an earlier run.</param>
    /// <param name="total">All there is to do.</param>
    public TimeSpan? After(int done, int total)
    {
        first ??= done;
        return done > first && done < total
            ? time.GetElapsedTime(start) * ((total - done) / (double)(done - first.Value))
            : null;
    }
}
