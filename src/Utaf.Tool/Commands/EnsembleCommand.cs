using System.CommandLine;
using Utaf.Tool.Options;
using Utaf.Tool.Output;

namespace Utaf.Tool.Commands;

/// <summary>Stage 1 by itself.</summary>
internal sealed class EnsembleCommand : Command
{
    public EnsembleCommand(CommonOptions common, Terminal terminal)
        : base("ensemble", "The ensemble of stolen and honest models that a pair is made with: plan, build, status.")
    {
        Add(new EnsemblePlanCommand(common, terminal));
        Add(new EnsembleBuildCommand(common, terminal));
        Add(new EnsembleStatusCommand(common, terminal));
    }
}
