using System.CommandLine;
using Utaf.Tool.Documents;
using Utaf.Tool.Options;
using Utaf.Tool.Output;
using Utaf.Tool.Release;

namespace Utaf.Tool.Commands;

/// <summary>Builds what is missing of the ensemble.</summary>
internal sealed class EnsembleBuildCommand : UtafCommand
{
    private readonly ModelOptions model = new();
    private readonly ShardOption shard = new("Builds the members whose place in the plan is I modulo N, such as 0/4, and knows of no other machine.");
    private readonly JobsOption jobs = new();

    public EnsembleBuildCommand(CommonOptions common, Terminal terminal)
        : base("build", "Builds the ensemble's missing members, or a shard of them; a stopped run goes on where it was.", common, terminal)
    {
        model.AddTo(this);
        shard.AddTo(this);
        jobs.AddTo(this);
    }

    public override string AfterStop => $"{NothingHalfWritten} The same command goes on from the members that are built.";

    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CommandContext context)
    {
        var (part, processes) = (shard.Read(parsed), jobs.Read(parsed));
        using var side = TrustedSide.Load(model.Read(parsed, context.Settings.Seed ?? 0), context);
        var folder = side.OpenFolder();
        await Jobs.BuildAsync(model.Words(parsed), side, folder, part, processes, context).ConfigureAwait(false);
        context.Write(EnsembleStatusDocument.Of(folder.Path, side.Plan, folder.Has));
        return ExitCode.NoPiracySuspected;
    }
}
