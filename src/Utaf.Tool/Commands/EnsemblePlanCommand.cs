using System.CommandLine;
using Utaf.Ensembles;
using Utaf.Tool.Documents;
using Utaf.Tool.Options;
using Utaf.Tool.Output;
using Utaf.Tool.Release;

namespace Utaf.Tool.Commands;

/// <summary>Prints what would be built.</summary>
internal sealed class EnsemblePlanCommand : UtafCommand
{
    // As many jobs as a matrix may have.
    private const int MostJobs = 256;

    private readonly ModelOptions model = new();
    private readonly Option<int?> matrix = OptionKinds.Number<int>(
        "--matrix",
        "Prints the shards of N machines in one line instead, as the matrix of a GitHub Actions job.",
        $"a whole number from 1 to {MostJobs}");

    public EnsemblePlanCommand(CommonOptions common, Terminal terminal)
        : base("plan", "Prints the ensemble's members and their recipes; builds nothing.", common, terminal)
    {
        model.AddTo(this);
        Add(matrix);
    }

    protected override Task<ExitCode> RunAsync(ParseResult parsed, CommandContext context)
    {
        var machines = parsed.GetValue(matrix);
        if (machines is < 1 or > MostJobs)
        {
            throw Errors.BadOption(matrix.Name, $"{machines}", $"a whole number from 1 to {MostJobs}");
        }

        using var side = TrustedSide.Load(model.Read(parsed, context.Settings.Seed ?? 0), context);
        context.Write(machines is { } count
            ? new MatrixDocument([.. Enumerable.Range(0, Math.Min(count, side.Plan.Members.Count)).Select(index => new Shard(index, count).ToString())])
            : new PlanDocument(side.Plan.Hash(), side.FolderPath, side.Plan.ToJson()));
        return Task.FromResult(ExitCode.NoPiracySuspected);
    }
}
