using System.Globalization;

namespace Utaf.Benchmarks.Speed;

/// <summary>The plain PyTorch version of what is measured with ResNet-18.</summary>
internal static class ResNetReference
{
    /// <summary>The script with a piece of work.</summary>
    public static Contestant Of(PyTorch python, string work, int threads, params IReadOnlyList<string> more) => python.Runs(
        $"PyTorch, ResNet-18, {work}, {threads} threads",
        Path.Combine(AppContext.BaseDirectory, "reference", "resnet18.py"),
        [work, "--threads", threads.ToString(CultureInfo.InvariantCulture), .. more]);

    /// <summary>Lets ours and the script do a piece of work in turn, the script with its best number of threads.</summary>
    /// <param name="session">The run.</param>
    /// <param name="repeats">Pairs.</param>
    /// <param name="ours">Our side.</param>
    /// <param name="work">The script's name for it, and that of the stage that both tell.</param>
    /// <param name="more">The script's further arguments.</param>
    public static (double[] Ours, double[] Reference, int Threads) Alternate(SpeedSession session, int repeats, Contestant ours, string work, params IReadOnlyList<string> more)
    {
        var python = session.RequirePython();
        var threads = 0;
        var pairs = Alternation.Run(repeats, _ => session.Run(ours).Stage(work).Seconds, _ => Theirs());
        return ([.. pairs.Select(pair => pair.Ours)], [.. pairs.Select(pair => pair.Reference)], threads);

        double Theirs()
        {
            if (threads > 0)
            {
                return session.Run(Of(python, work, threads, more)).Stage(work).Seconds;
            }

            (threads, var lines) = session.BestThreads(threads => Of(python, work, threads, more), lines => lines.Stage(work).Seconds);
            return lines.Stage(work).Seconds;
        }
    }
}
