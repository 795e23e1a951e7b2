using System.CommandLine;
using System.Globalization;

namespace Utaf.Benchmarks.Speed;

/// <summary>Each stage and a plain PyTorch version in turn, and the ratios of their times.</summary>
internal static class SpeedCommand
{
    public static Command Make()
    {
        var only = new Option<string>("--only") { Description = $"What to measure, after commas: {string.Join(", ", Measurements.Names)}.", DefaultValueFactory = _ => string.Join(',', Measurements.Names) };
        var repeats = new Option<int>("--repeats") { Description = "Pairs of runs, ours and PyTorch's in turn; what takes long by itself is repeated less, and that is said.", DefaultValueFactory = _ => 5 };
        var seed = new Option<ulong>("--seed") { Description = "The first pair's seed; each further pair has the next.", DefaultValueFactory = _ => 0 };
        var data = new Option<string?>("--data") { Description = "The folder with iwpc_31feat_5741.csv." };
        var reference = new Option<string?>("--reference") { Description = "A plain PyTorch version of the Warfarin scenario: a script that prints a line of JSON for each stage." };
        var images = new Option<string?>("--images") { Description = "28×28 grey images of ten classes: an IDX file such as Fashion-MNIST's, its labels beside it." };
        var tool = new Option<string?>("--tool") { Description = "The built tool whose cold start is measured. [default: dotnet-utaf on PATH]" };
        var work = new Option<string>("--work") { Description = "Where ensembles are made.", DefaultValueFactory = _ => Path.Combine(".utaf", "benchmarks") };
        var run = new Option<string?>("--run") { Description = "The folder of the results. [default: a new one below --work]" };
        var quick = new Option<bool>("--quick") { Description = "Smallest sizes, to see whether everything works; the numbers mean nothing." };

        var command = new Command("speed", "Each stage and a plain PyTorch version in turn: the ratios of their times, with their spread.") { only, repeats, seed, data, reference, images, tool, work, run, quick };
        command.SetAction(parsed =>
        {
            var started = DateTimeOffset.UtcNow;
            var folder = parsed.GetValue(work)!;
            var settings = new SpeedSettings(
                parsed.GetValue(only)!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
                parsed.GetValue(repeats),
                parsed.GetValue(seed),
                parsed.GetValue(data),
                parsed.GetValue(reference),
                parsed.GetValue(images),
                parsed.GetValue(tool),
                folder,
                parsed.GetValue(run) ?? Path.Combine(folder, "speed", started.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)),
                parsed.GetValue(quick));
            settings.Check();
            Measure(settings, started, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        });
        return command;
    }

    /// <summary>Writes the results anew after each measurement: a run that is stopped has given what it had.</summary>
    private static void Measure(SpeedSettings settings, DateTimeOffset started, TextWriter output, TextWriter error)
    {
        var session = new SpeedSession(settings, said => error.WriteLine(said));
        var load = SpeedSession.LoadAverage();
        var rows = new List<SpeedRow>();
        SpeedReport Report() => new(started, settings, Machine.This, session.Found, load, rows, session.LeftOut, session.Runs);

        foreach (var measured in Measurements.Make(session))
        {
            rows.AddRange(measured);
            AtomicFile.WriteText(Path.Combine(settings.Run, "speed.json"), Report().ToJson());
        }

        AtomicFile.WriteText(Path.Combine(settings.Run, "speed.md"), Report().ToMarkdown());
        output.Write(Report().ToMarkdown());
        error.WriteLine($"Every number: {Path.Combine(settings.Run, "speed.json")}");
    }
}
