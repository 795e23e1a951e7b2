using Spectre.Console;

namespace Utaf.Tool.Output;

/// <summary>Progress as a bar that is drawn again and again, for terminals.</summary>
/// <param name="terminal">Its error stream gets the bar.</param>
/// <param name="time">The clock.</param>
internal sealed class LiveProgress(Terminal terminal, TimeProvider time) : IProgressView
{
    public T Track<T>(string title, Func<IStage, T> work)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(terminal.Error),
            Ansi = AnsiSupport.Yes,
            ColorSystem = terminal.Colours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.Yes,
        });
        console.Profile.Width = terminal.Width;
        return console.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 20 }, new ElapsedTimeColumn())
            .Start(context =>
            {
                var task = context.AddTask(Markup.Escape(title));
                var result = work(new Stage(title, task, new TimeLeft(time)));
                task.Description = Markup.Escape(title);
                task.Value = task.MaxValue;
                return result;
            });
    }

    private sealed class Stage(string title, ProgressTask task, TimeLeft timeLeft) : IStage
    {
        public void Report(int done, int total, string detail)
        {
            var left = timeLeft.After(done, total) is { } guess ? $" … about {Numbers.Duration(guess)} left" : "";
            task.MaxValue = Math.Max(1, total);
            task.Value = done;
            task.Description = Markup.Escape($"{title}: {done}/{total} {detail}{left}");
        }
    }
}
