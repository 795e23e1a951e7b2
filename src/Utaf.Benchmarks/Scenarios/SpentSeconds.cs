using System.Globalization;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>
/// What an ensemble has cost so far, kept beside its members: a run that goes on with it tells the whole time, and of one that
/// was killed what it spent until its last finished member.
/// </summary>
internal sealed class SpentSeconds
{
    // Every write is flushed to the disk: more of them would cost time themselves.
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    private readonly string file;
    private readonly TimeProvider time;
    private readonly long began;
    private readonly double before;
    private long? kept;

    /// <summary>Goes on counting from what is kept, which is 0 where nothing was spent, or what was is not known.</summary>
    /// <param name="folder">The ensemble's.</param>
    /// <param name="time">The clock.</param>
    public SpentSeconds(string folder, TimeProvider time)
    {
        (file, this.time, began) = (Path.Combine(folder, "seconds.txt"), time, time.GetTimestamp());
        before = File.Exists(file) && double.TryParse(File.ReadAllText(file), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds >= 0 ? seconds : 0;
    }

    /// <summary>Until now, those of earlier runs included.</summary>
    public double Total => before + time.GetElapsedTime(began).TotalSeconds;

    /// <summary>Writes them.</summary>
    /// <exception cref="UtafException">UTAF1309: they cannot be written.</exception>
    public void Keep()
    {
        AtomicFile.WriteText(file, Total.ToString("R", CultureInfo.InvariantCulture));
        kept = time.GetTimestamp();
    }

    /// <summary>Writes them, unless that was done a moment ago.</summary>
    /// <inheritdoc cref="Keep" path="/exception"/>
    public void KeepNowAndThen()
    {
        if (kept is not { } last || time.GetElapsedTime(last) >= Between)
        {
            Keep();
        }
    }
}
