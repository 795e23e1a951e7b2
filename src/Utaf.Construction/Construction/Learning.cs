using Utaf.Fingerprints;
using Utaf.Metrics;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>What a schedule learns from.</summary>
/// <param name="Training">The target, then the training members.</param>
/// <param name="Validation">The validation members.</param>
/// <param name="Box">Where fingerprints stay.</param>
/// <param name="Synthetic">Makes answers of models beyond the ensemble.</param>
/// <param name="OwnerInputs">The owner's inputs, [n, input…], from which fingerprints may start.</param>
/// <param name="Weights">Of the objective's terms.</param>
/// <param name="Options">What the user chose.</param>
/// <param name="Random">Stage 2's own random numbers.</param>
/// <param name="Terms">How exactly, and with how much memory, members are passed through while the fingerprint is learned.</param>
/// <param name="Costly">Whether a pass through members costs so much that it is worth sparing.</param>
/// <param name="Report">Told after each step of the fingerprint.</param>
/// <param name="CancellationToken">Looked at between steps.</param>
internal sealed record Learning(
    FrozenMembers Training,
    FrozenMembers Validation,
    InputBox Box,
    SyntheticAnswers Synthetic,
    Tensor OwnerInputs,
    ObjectiveWeights Weights,
    ConstructionOptions Options,
    SeededRandom Random,
    PassTerms Terms,
    bool Costly,
    Action<ConstructionProgress> Report,
    CancellationToken CancellationToken)
{
    /// <summary>Whether inputs are N(0, 1) of themselves, as latent vectors are, and no examples.</summary>
    public bool DrawsInputs { get; init; }

    /// <summary>What the meta-verifier of the batched schedule reads of outputs; null: the outputs as they are, which the paper's always reads.</summary>
    public AnswerReading? Reading { get; init; }

    /// <summary>Numbers in one fingerprint, N × input: the shape of the free variables.</summary>
    public long[] FingerprintShape => [Options.Examples, .. OwnerInputs.shape.Skip(1)];

    /// <summary>Numbers in one input.</summary>
    public int InputSize => (int)OwnerInputs.shape.Skip(1).Aggregate(1L, (size, length) => size * length);

    /// <summary>A point of the training curve, measured on the validation part.</summary>
    /// <param name="iteration">From 0.</param>
    /// <param name="loss">The objective.</param>
    /// <param name="verifier">The meta-verifier as it stands.</param>
    /// <param name="inputs">The fingerprint as it stands.</param>
    /// <param name="standards">The standards as they stand.</param>
    public CurvePoint Measure(int iteration, double loss, TrainableVerifier verifier, Tensor inputs, OutputStandards standards)
    {
        using var scope = NewDisposeScope();
        var scores = Score(iteration, verifier, standards.Apply(Validation.Outputs(inputs, Terms.Type)));
        return new(iteration, loss, RocCurve.Auc(scores.Positives, scores.Negatives), new RobustnessUniqueness(scores.Positives, scores.Negatives).Aruc, scores.Loss);
    }

    /// <summary>Scores the validation part.</summary>
    /// <param name="iteration">For the error.</param>
    /// <param name="verifier">The meta-verifier.</param>
    /// <param name="standardised">The validation members' answers, standardised.</param>
    /// <exception cref="UtafException">UTAF1501: the meta-verifier's weights are not finite any more.</exception>
    public Scores Score(int iteration, TrainableVerifier verifier, Tensor standardised)
    {
        var scores = Scores.Of(Validation, verifier.LogOdds(standardised));
        _ = Finite(scores.Loss, iteration);
        return scores;
    }

    /// <summary>Stops with an error when the objective is not finite any more.</summary>
    public static double Finite(double loss, int iteration) => double.IsFinite(loss) ? loss : throw Errors.Diverged("construction", iteration);
}

/// <summary>What a schedule has learned.</summary>
/// <param name="Inputs">X_F, [N, input…].</param>
/// <param name="Verifier">V.</param>
/// <param name="Standards">What its inputs are standardised by.</param>
/// <param name="Threshold">ρ: the given one, or as the validation members have it by a meta-verifier that did not learn from them.</param>
/// <param name="Curve">The training curve.</param>
internal sealed record Learned(Tensor Inputs, TrainableVerifier Verifier, OutputStandards Standards, double Threshold, IReadOnlyList<CurvePoint> Curve) : IDisposable
{
    public void Dispose()
    {
        Inputs.Dispose();
        Verifier.Dispose();
        Standards.Dispose();
    }
}

/// <summary>One way to minimise the objective over fingerprint and meta-verifier.</summary>
internal abstract class ConstructionSchedule
{
    /// <summary>The schedule of a name.</summary>
    public static ConstructionSchedule Of(Schedule schedule) => schedule == Schedule.Paper ? new PaperSchedule() : new BatchedSchedule();

    /// <summary>Adam's rate for the fingerprint when the user names none.</summary>
    /// <param name="inputSize">How many numbers an input has.</param>
    public abstract double InputLearningRate(int inputSize);

    /// <summary>Adam's rate for the meta-verifier when the user names none.</summary>
    public abstract double VerifierLearningRate { get; }

    /// <summary>The objective's weights when the user names none.</summary>
    public abstract ObjectiveWeights Weights { get; }

    /// <summary>Whether it learns from members that are for training alone (<see cref="Ensembles.EnsemblePlan.IsForTrainingAlone"/>): the paper's ensemble has none.</summary>
    public virtual bool UsesMembersForTrainingAlone => true;

    /// <summary>Learns a pair; the result is the caller's to dispose.</summary>
    public abstract Learned Run(Learning learning);
}
