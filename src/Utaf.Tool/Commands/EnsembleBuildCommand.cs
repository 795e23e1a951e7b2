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

    public EnsembleBuildCommand(CommonOptions common, Terminal terminal)
        : base("build", "Builds the ensemble's missing members; a stopped run goes on where it was.", common, terminal) =>
        model.AddTo(this);

    public override string AfterStop => $"{NothingHalfWritten} The same command goes on from the members that are built.";

    protected override Task<ExitCode> RunAsync(ParseResult parsed, CommandContext context)
    {
        using var side = TrustedSide.Load(model.Read(parsed, context.Settings.Seed ?? 0), context);
        var folder = side.OpenFolder();
        using var workshop = side.OpenWorkshop();
        Stages.BuildEnsemble(folder, workshop, context);
        context.Write(EnsembleStatusDocument.Of(folder.Path, side.Plan, folder.Has));
        return Task.FromResult(ExitCode.NoPiracySuspected);
    }
}
