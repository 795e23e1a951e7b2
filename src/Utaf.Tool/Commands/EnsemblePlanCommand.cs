using System.CommandLine;
using Utaf.Tool.Documents;
using Utaf.Tool.Options;
using Utaf.Tool.Output;
using Utaf.Tool.Release;

namespace Utaf.Tool.Commands;

/// <summary>Prints what would be built.</summary>
internal sealed class EnsemblePlanCommand : UtafCommand
{
    private readonly ModelOptions model = new();

    public EnsemblePlanCommand(CommonOptions common, Terminal terminal)
        : base("plan", "Prints the ensemble's members and their recipes; builds nothing.", common, terminal) =>
        model.AddTo(this);

    protected override Task<ExitCode> RunAsync(ParseResult parsed, CommandContext context)
    {
        using var side = TrustedSide.Load(model.Read(parsed, context.Settings.Seed ?? 0), context);
        context.Write(new PlanDocument(side.Plan.Hash(), side.FolderPath, side.Plan.ToJson()));
        return Task.FromResult(ExitCode.NoPiracySuspected);
    }
}
