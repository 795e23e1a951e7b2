using System.Globalization;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>What an ensemble has cost so far, beside its members: a run that goes on with it tells the whole time.</summary>
internal sealed class SpentSeconds(string folder)
{
    private readonly string file = Path.Combine(folder, "seconds.txt");

    /// <summary>0 where nothing was spent, or what was is not known.</summary>
    public double Read() =>
        File.Exists(file) && double.TryParse(File.ReadAllText(file), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds >= 0 ? seconds : 0;

    public void Write(double seconds) => AtomicFile.WriteText(file, seconds.ToString("R", CultureInfo.InvariantCulture));
}
