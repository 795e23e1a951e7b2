using System.CommandLine;
using Utaf.Benchmarks.Speed.Work;

namespace Utaf.Benchmarks.Speed;

/// <summary>The child's side of <c>speed</c>: one piece of work, timed.</summary>
internal static class SpeedWorkCommand
{
    public const string Name = "speed-work";

    public static Command Make()
    {
        var work = new Argument<string>("work");
        var command = new Command(Name, "What speed runs in processes of their own.") { work };
        command.Hidden = true;
        command.SetAction(parsed => SpeedWork.Parse(parsed.GetValue(work)!).Run(line =>
        {
            parsed.InvocationConfiguration.Output.WriteLine(line);
            parsed.InvocationConfiguration.Output.Flush();
        }));
        return command;
    }
}
