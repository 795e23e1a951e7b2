namespace Utaf.Tool.Output;

/// <summary>Progress as plain lines, for logs: one every few seconds, and the first and the last.</summary>
/// <param name="writer">Gets the lines.</param>
/// <param name="time">The clock.</param>
/// <param name="every">The shortest time between two lines of a stage; zero for a line for each report.</param>
internal sealed class PlainProgress(TextWriter writer, TimeProvider time, TimeSpan every) : IProgressView
{
    public T Track<T>(string title, Func<IStage, T> work)
    {
        var start = time.GetTimestamp();
        writer.WriteLine($"{title} …");
        var result = work(new Stage(title, writer, time, every));
        writer.WriteLine($"{title}: done in {Numbers.Duration(time.GetElapsedTime(start))}");
        return result;
    }

    private sealed class Stage(string title, TextWriter writer, TimeProvider time, TimeSpan every) : IStage
    {
        private readonly TimeLeft timeLeft = new(time);
        private long last = time.GetTimestamp();

        public void Report(int done, int total, string detail)
        {
            var left = timeLeft.After(done, total);
            if (time.GetElapsedTime(last) < every)
            {
                return;
            }

            last = time.GetTimestamp();
            writer.WriteLine($"{title}: {done}/{total} {detail}{(left is { } guess ? $" … about {Numbers.Duration(guess)} left" : "")}");
        }
    }
}
