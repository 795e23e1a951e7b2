using TorchSharp;
using Utaf.Models;
using Utaf.Torch;

namespace Utaf.Ensembles;

/// <summary>How far the building is.</summary>
/// <param name="Member">The member that was just finished.</param>
/// <param name="Built">Members in the folder.</param>
/// <param name="Planned">Members of the plan.</param>
public sealed record BuildProgress(Member Member, int Built, int Planned);

/// <summary>Stage 1: builds the members that a folder misses, in the plan's order.</summary>
public static class EnsembleBuilder
{
    /// <summary>Builds what is missing.</summary>
    /// <param name="folder">Where members go, one file each.</param>
    /// <param name="workshop">Target, task and data.</param>
    /// <param name="progress">Told after each member.</param>
    /// <param name="cancellationToken">Stops between two training steps; built members stay.</param>
    /// <exception cref="UtafException">UTAF1403: a member's loss or outputs are not finite; UTAF1309: a member cannot be written; UTAF1407: a listed model is the target.</exception>
    public static void BuildMissing(EnsembleFolder folder, Workshop workshop, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        var plan = folder.Plan;
        var missing = folder.Missing();
        var built = plan.Members.Count - missing.Count;
        plan.CheckListed(workshop.Target, workshop.Task, workshop.Data);
        foreach (var member in missing)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var network = Build(folder, workshop, member, cancellationToken);
            RequireSoundOutputs(workshop, member, network);
            folder.Save(member, network);
            progress?.Report(new(member, ++built, plan.Members.Count));
        }
    }

    private static Network Build(EnsembleFolder folder, Workshop workshop, Member member, CancellationToken cancellationToken)
    {
        var context = new MemberContext(member.Id, workshop, Parent, new SeededRandom(folder.Plan.Seed, member.Id), cancellationToken);
        return member.Recipe.Build(context).To(workshop.Device);

        Network Parent() => member.Parent is { } parent
            ? folder.Load(folder.Plan.Members.First(other => other.Id == parent), workshop.Architectures).To(workshop.Device)
            : workshop.Target.Copy().To(workshop.Device);
    }

    private static void RequireSoundOutputs(Workshop workshop, Member member, Network network)
    {
        using var scope = torch.NewDisposeScope();
        var outputs = Evaluation.Outputs(network, workshop.Public.Inputs.narrow(0, 0, Math.Min(512, workshop.Public.Count)));
        if (!outputs.isfinite().all().ToBoolean())
        {
            throw Errors.NonFiniteOutputs("the finished member on public data", member.Id);
        }

        if (outputs.shape[1] != workshop.Target.Signature.OutputWidth)
        {
            throw Errors.WrongOutputWidth(member.Id, workshop.Target.Signature.OutputWidth, (int)outputs.shape[1]);
        }
    }
}
