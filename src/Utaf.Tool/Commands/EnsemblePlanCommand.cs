using System.CommandLine;
using System.Diagnostics;
using Utaf.Ensembles;
using Utaf.Ensembles.Costs;
using Utaf.Tool.Documents;
using Utaf.Tool.Options;
using Utaf.Tool.Output;
using Utaf.Tool.Release;

namespace Utaf.Tool.Commands;

/// <summary>Prints what would be built, and what it would take.</summary>
internal sealed class EnsemblePlanCommand : UtafCommand
{
    // As many jobs as a matrix may have.
    private const int MostJobs = 256;

    private readonly ModelOptions model = new();
    private readonly ShardOption shard = new("The estimate is of the members whose place in the plan is I modulo N, such as 0/4. [default: of all]");
    private readonly JobsOption jobs = new();
    private readonly Option<int?> matrix = OptionKinds.Number<int>(
        "--matrix",
        "Prints the shards of N machines in one line instead, as the matrix of a GitHub Actions job.",
        $"a whole number from 1 to {MostJobs}");

    private readonly Option<bool> noEstimate = new("--no-estimate")
    {
        Description = "Estimates neither time nor memory: nothing is trained, not even for a few steps.",
    };

    public EnsemblePlanCommand(CommonOptions common, Terminal terminal)
        : base("plan", "Prints the ensemble's members and their recipes, and estimates time and memory; builds nothing.", common, terminal)
    {
        model.AddTo(this);
        shard.AddTo(this);
        jobs.AddTo(this);
        Add(matrix);
        Add(noEstimate);
    }

    protected override Task<ExitCode> RunAsync(ParseResult parsed, CommandContext context)
    {
        var machines = parsed.GetValue(matrix);
        if (machines is < 1 or > MostJobs)
        {
            throw Errors.BadOption(matrix.Name, $"{machines}", $"a whole number from 1 to {MostJobs}");
        }

        var (part, processes) = (shard.Read(parsed), jobs.Read(parsed));
        using var side = TrustedSide.Load(model.Read(parsed, context.Settings.Seed ?? 0), context);
        if (machines is { } count)
        {
            context.Write(new MatrixDocument([.. Enumerable.Range(0, Math.Min(count, side.Plan.Members.Count)).Select(index => new Shard(index, count).ToString())]));
        }
        else
        {
            var estimate = parsed.GetValue(noEstimate) ? null : Estimate(side, part, processes, context);
            context.Write(new PlanDocument(side.Plan.Hash(), side.FolderPath, side.Plan.ToJson(), side.Plan.Members.Where(side.Plan.IsForTrainingAlone).Select(member => member.Id).ToHashSet(), estimate));
        }

        return Task.FromResult(ExitCode.NoPiracySuspected);
    }

    /// <summary>What <c>ensemble build</c> would take with the same options.</summary>
    private static CostEstimate Estimate(TrustedSide side, Shard shard, int? processes, CommandContext context)
    {
        using var self = Process.GetCurrentProcess();
        
        // No longer than it would have taken on an idle machine.
        var start = new[] { DateTime.Now - self.StartTime, Environment.CpuUsage.TotalTime }.Min();

        // Opening starts a folder that is not there; to ask after it must not.
        var folder = File.Exists(Path.Combine(side.FolderPath, "plan.json")) ? side.OpenFolder() : null;
        var missing = shard.Needed(side.Plan).Where(member => folder?.Has(member) != true).ToList();
        var count = processes ?? side.BestProcesses(missing, context);
        IReadOnlyList<IReadOnlyList<Member>> parts = count == 1
            ? [missing]
            : [.. shard.Divide(count).Select(part => part.Needed(side.Plan).Where(member => folder?.Has(member) != true).ToList())];
        return CostModel.Estimate(side.Plan, parts, side.Target, side.Task, side.Data, side.Device, start, CostModel.UsualTime, context.CancellationToken);
    }
}
