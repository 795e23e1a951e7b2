using TorchSharp;
using Utaf.Ensembles;
using Utaf.Fingerprints;
using Utaf.Metrics;
using Utaf.Models;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>How far Stage 2 is.</summary>
/// <param name="Done">Steps made.</param>
/// <param name="Total">Steps in all.</param>
/// <param name="Point">The newest point of the training curve, where one was measured at this step.</param>
public sealed record ConstructionProgress(int Done, int Total, CurvePoint? Point);

/// <summary>Stage 2: fingerprint and meta-verifier, learned together on a built ensemble.</summary>
public static class PairConstruction
{
    // With more parameters than this, passing through the members is nearly all of the time.
    private const long LargeTarget = 1_000_000;

    /// <summary>How many threads construct a pair fastest: all processors where the networks are large; small tensors' threads only wait for each other.</summary>
    /// <param name="target">Whose copies most of the members are.</param>
    /// <param name="device">Where they are passed through. A GPU needs one thread that feeds it.</param>
    public static int BestThreads(TargetModel target, Device device) =>
        device.type == DeviceType.CPU && IsCostly(target) ? Environment.ProcessorCount : 1;

    /// <summary>Constructs the pair of a model.</summary>
    /// <param name="folder">The ensemble; every member must be built.</param>
    /// <param name="workshop">Target, task and device.</param>
    /// <param name="model">Whose fingerprint it is.</param>
    /// <param name="options">How to go about it.</param>
    /// <param name="toolVersion">The version to name in the manifest.</param>
    /// <param name="progress">Told now and then.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    /// <returns>The pair, with its results on the held-out part in the manifest.</returns>
    /// <exception cref="UtafException">UTAF1001, UTAF1402 to UTAF1406, UTAF1501 and UTAF1502.</exception>
    public static FingerprintPair Construct(
        EnsembleFolder folder,
        Workshop workshop,
        ModelIdentity model,
        ConstructionOptions options,
        string toolVersion,
        IProgress<ConstructionProgress>? progress,
        CancellationToken cancellationToken)
    {
        options.Check();
        if (folder.Missing() is { Count: > 0 } missing)
        {
            throw Errors.IncompleteEnsemble(folder.Path, folder.Plan.Members.Count, [.. missing.Select(member => member.Id)]);
        }

        var split = EnsembleSplit.Of(folder, workshop.Target, options.Fractions ?? new SplitFractions());
        return Construct(folder, workshop, split, model, options, toolVersion, progress, cancellationToken);
    }

    /// <summary>Constructs the pair on parts of the ensemble that were chosen otherwise, such as without a family.</summary>
    /// <param name="folder">The ensemble; every member of the parts must be built.</param>
    /// <param name="workshop">Target, task and device.</param>
    /// <param name="split">The parts, each with positives and negatives.</param>
    /// <param name="model">Whose fingerprint it is.</param>
    /// <param name="options">How to go about it; their fractions do not count.</param>
    /// <param name="toolVersion">The version to name in the manifest.</param>
    /// <param name="progress">Told now and then.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    /// <returns>The pair, with its results on the held-out part in the manifest.</returns>
    /// <exception cref="UtafException">UTAF1001, UTAF1402 to UTAF1406, UTAF1501 and UTAF1502.</exception>
    internal static FingerprintPair Construct(
        EnsembleFolder folder,
        Workshop workshop,
        EnsembleSplit split,
        ModelIdentity model,
        ConstructionOptions options,
        string toolVersion,
        IProgress<ConstructionProgress>? progress,
        CancellationToken cancellationToken)
    {
        options.Check();
        using var scope = NewDisposeScope();
        var plan = folder.Plan;
        var schedule = ConstructionSchedule.Of(options.Schedule);
        var weights = options.Weights ?? schedule.Weights;
        Member[] learnedFrom = [.. split.Training.Where(member => schedule.UsesMembersForTrainingAlone || !plan.IsForTrainingAlone(member))];
        using var box = InputBox.For(workshop);
        var costly = IsCostly(workshop.Target);
        var type = costly && options.Precision == Precision.Auto && workshop.Device.type == DeviceType.CPU && Processor.MultipliesBFloat16
            ? ScalarType.BFloat16
            : ScalarType.Float32;
        using var learned = Learn();
        var verifier = learned.Verifier.ToManaged(learned.Standards, checked(options.Examples * workshop.Target.Signature.OutputWidth));

        // The test part is loaded only now that ρ is chosen.
        using var test = FrozenMembers.Load(split.Test, folder, workshop, withTarget: false);
        var answers = test.Outputs(learned.Inputs);
        var rates = ScoreCheck.Rates(verifier, given => learned.Verifier.LogOdds(learned.Standards.Apply(given)), answers);
        var heldOut = HeldOut(split.Test, rates);
        var output = new OutputSpecification(
            workshop.Target.Signature.OutputWidth,
            workshop.Task.OutputSpace,
            verifier.Reading?.Scale);
        var manifest = new PairManifest(
            PairManifest.VersionOf(output),
            model,
            workshop.Task.Name,
            new(workshop.Target.Signature.InputShape, box.Minimum, box.Maximum),
            output,
            options.Examples,
            learned.Threshold,
            new(
                plan.Seed,
                learned.Curve[^1].Iteration + 1,
                options.InputLearningRate ?? schedule.InputLearningRate(workshop.Target.Signature.InputSize),
                options.VerifierLearningRate ?? schedule.VerifierLearningRate,
                FormattableString.Invariant($"{weights.Target}·log p₊(F) + {weights.Positive}·mean log p₊(M₊) + {weights.Negative}·mean log p₋(M₋)"),
                options.Schedule.ToString().ToLowerInvariant(),
                get_num_threads(),
                learned.Curve,
                type == ScalarType.Float32 ? null : "bfloat16"),
            new(
                plan.Hash(),
                plan.Profile,
                plan.Members.Count(member => member.Stolen),
                plan.Members.Count(member => !member.Stolen),
                learnedFrom.Length,
                split.Validation.Count,
                split.Test.Count,
                [.. workshop.Data.Notes, .. Warnings(heldOut, learned.Threshold), .. NotLearnedFrom(split.Training.Count - learnedFrom.Length), .. split.Duplicates.Select(member => $"{member.Id} was left out: another member has the same weights.")]),
            heldOut,
            toolVersion,
            CreatedUtc: null);

        return new(manifest, new(workshop.Target.Signature.InputShape, Values(learned.Inputs)), verifier);

        Learned Learn()
        {
            using var validation = FrozenMembers.Load(split.Validation, folder, workshop, withTarget: false);
            using var training = FrozenMembers.Load(learnedFrom, folder, workshop, withTarget: true);
            return schedule.Run(new(
                training,
                validation,
                box,
                SyntheticAnswers.For(workshop),
                workshop.Owner.Inputs,
                weights,
                options,
                new SeededRandom(plan.Seed, "construction"),
                PassTerms.Of(type),
                costly,
                report => progress?.Report(report),
                cancellationToken)
            {
                DrawsInputs = workshop.Task.DrawsInputs,
                Reading = workshop.Task.Reading(workshop.Target.Signature.OutputWidth, options.Examples),
            });
        }
    }

    private static bool IsCostly(TargetModel target) => target.ParameterCount > LargeTarget;

    /// <summary>What whoever relies on the pair should know of how well it does.</summary>
    private static IEnumerable<string> Warnings(HeldOutResults heldOut, double threshold)
    {
        var honest = heldOut.Members.Where(member => !member.Stolen).ToList();
        var suspected = honest.Count(member => member.MatchingRate > threshold);
        if (suspected > 0)
        {
            yield return $"{suspected} of {honest.Count} held-out honest models are above ρ: do not rely on a verdict of this pair alone.";
        }

        var stolen = heldOut.Members.Where(member => member.Stolen).ToList();
        var missed = stolen.Count(member => member.MatchingRate <= threshold);
        if (missed > 0)
        {
            yield return $"{missed} of {stolen.Count} held-out stolen models are not above ρ: a larger profile or more data may help.";
        }
    }

    private static IEnumerable<string> NotLearnedFrom(int members)
    {
        if (members > 0)
        {
            yield return $"{members} {(members == 1 ? "member was" : "members were")} not learned from: --schedule paper keeps to the paper's ensemble, which has no such members.";
        }
    }

    private static HeldOutResults HeldOut(IReadOnlyList<Member> members, double[] rates)
    {
        HeldOutMember[] scored = [.. members.Zip(rates, (member, rate) => new HeldOutMember(member.Id, member.Family, member.Stolen, rate))];
        double[] positives = [.. scored.Where(member => member.Stolen).Select(member => member.MatchingRate)];
        double[] negatives = [.. scored.Where(member => !member.Stolen).Select(member => member.MatchingRate)];
        var curve = new RobustnessUniqueness(positives, negatives);
        return new(
            RocCurve.Auc(positives, negatives),
            curve.Aruc,
            curve.RobustnessAtUniquenessOne,
            RocCurve.TruePositiveRateAt(positives, negatives, 0.01),
            RocCurve.TruePositiveRateAt(positives, negatives, 0.05),
            scored);
    }

    private static float[] Values(Tensor tensor)
    {
        using var cpu = tensor.detach().cpu().contiguous();
        return [.. cpu.data<float>()];
    }
}
