using System.CommandLine;
using System.Globalization;
using Utaf;
using Utaf.Benchmarks;
using Utaf.Construction;
using Utaf.Ensembles;
using Utaf.Metrics;
using Utaf.Torch;

var data = new Option<string>("--data") { Description = "The folder with iwpc_31feat_5741.csv.", Required = true };
var firstSeed = new Option<ulong>("--seed") { Description = "The first seed.", DefaultValueFactory = _ => 0 };
var repeats = new Option<int>("--repeats") { Description = "How many seeds, one after the other.", DefaultValueFactory = _ => 5 };
var schedule = new Option<Schedule>("--schedule") { Description = "How Stage 2 minimises its objective.", DefaultValueFactory = _ => Schedule.Batched };
var work = new Option<string>("--work") { Description = "Where ensembles are kept between runs.", DefaultValueFactory = _ => Path.Combine(".utaf", "benchmarks") };
var threads = new Option<int>("--threads") { Description = "Intra-op threads.", DefaultValueFactory = _ => 1 };
var reference = new Option<string?>("--reference") { Description = "A plain PyTorch version to run in turn with ours; its lines are printed as they are." };

var warfarin = new Command("warfarin", "Warfarin dose prediction: regression, 140 members of Table A2.") { data, firstSeed, repeats, schedule, work, threads, reference };
warfarin.SetAction(parsed =>
{
    TorchRuntime.Start("cpu", parsed.GetValue(threads));
    var results = new List<WarfarinResult>();
    for (var i = 0; i < parsed.GetValue(repeats); i++)
    {
        var seed = parsed.GetValue(firstSeed) + (ulong)i;
        if (parsed.GetValue(reference) is { } script)
        {
            Reference.Run(script, parsed.GetValue(data)!, seed, parsed.GetValue(threads));
        }

        var result = WarfarinScenario.Run(parsed.GetValue(data)!, parsed.GetValue(work)!, seed, new ConstructionOptions(Schedule: parsed.GetValue(schedule), Fractions: new SplitFractions(Test: 0.5)), Console.WriteLine);
        var heldOut = result.Manifest.HeldOut;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}: AUC {heldOut.Auc:0.0000}, ARUC {heldOut.Aruc:0.0000}, robustness at uniqueness 1 {heldOut.RobustnessAtUniquenessOne:0.000}, construction {result.ConstructionSeconds:0.00} s"));
        results.Add(result);
    }

    Print("AUC", results.Select(result => result.Manifest.HeldOut.Auc));
    Print("ARUC", results.Select(result => result.Manifest.HeldOut.Aruc));
    Print("robustness at uniqueness 1", results.Select(result => result.Manifest.HeldOut.RobustnessAtUniquenessOne));
    Print("construction seconds", results.Select(result => result.ConstructionSeconds));
});

try
{
    return new RootCommand("The paper's scenarios, on data that you have.") { warfarin, PipelineSpeed.Command() }.Parse(args).Invoke();
}
catch (UtafException e)
{
    Console.Error.WriteLine(e.Diagnostic);
    return (int)e.Diagnostic.ExitCode;
}

static void Print(string what, IEnumerable<double> values)
{
    double[] all = [.. values];
    var mean = all.Length > 1 ? ConfidenceInterval.Of(all) : new ConfidenceInterval(all[0], 0);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {mean.Mean:0.0000} ± {mean.HalfWidth:0.0000} (95 %)"));
}
