using System.CommandLine;
using Utaf.Tool.Documents;
using Utaf.Tool.Options;
using Utaf.Tool.Output;
using Utaf.Tool.Release;

namespace Utaf.Tool.Commands;

/// <summary>Tells how much of the ensemble is built.</summary>
internal sealed class EnsembleStatusCommand : UtafCommand
{
    private readonly ModelOptions model = new();

    public EnsembleStatusCommand(CommonOptions common, Terminal terminal)
        : base("status", "Tells which members of the ensemble are built and which are missing.", common, terminal) =>
        model.AddTo(this);

    protected override Task<ExitCode> RunAsync(ParseResult parsed, CommandContext context)
    {
        using var side = TrustedSide.Load(model.Read(parsed, context.Settings.Seed ?? 0), context);

        // Opening starts a folder that is not there; to ask after it must not.
        var document = Directory.Exists(side.FolderPath)
            ? EnsembleStatusDocument.Of(side.FolderPath, side.Plan, side.OpenFolder().Has)
            : EnsembleStatusDocument.Of(side.FolderPath, side.Plan, _ => false);
        context.Write(document);
        return Task.FromResult(ExitCode.NoPiracySuspected);
    }
}
