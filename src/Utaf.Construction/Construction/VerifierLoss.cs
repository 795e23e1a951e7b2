using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>
/// What a meta-verifier minimises on answers: the objective over the members, and the same over answers that no member
/// gave but models beyond the ensemble may give.
/// </summary>
/// <param name="Objective">The members' terms.</param>
/// <param name="Synthetic">Makes the other answers.</param>
internal sealed record VerifierLoss(Objective Objective, SyntheticAnswers Synthetic)
{
    private const double Noise = 0.3;
    private const int UnrelatedCount = 32;
    private const int DamagedCount = 16;
    private const double DamagedWeight = 0.2;

    private readonly SyntheticKind[] kinds = [.. Kinds(Synthetic)];

    /// <summary>The loss on the answers of all members.</summary>
    /// <param name="verifier">The meta-verifier.</param>
    /// <param name="answers">[members, N·d_out].</param>
    /// <param name="standards">What they are standardised by.</param>
    public Tensor OfAll(TrainableVerifier verifier, Tensor answers, OutputStandards standards)
    {
        using var scope = NewDisposeScope();
        var loss = Objective.Loss(verifier.LogProbabilities(WithNoise(standards.Apply(Synthetic.OtherwiseSure(answers)))));
        var source = Synthetic.From(answers, Objective);
        foreach (var kind in kinds)
        {
            loss -= verifier.LogProbabilities(standards.Apply(kind.Make(source))).select(2, kind.Stolen ? 1 : 0).mean() * kind.Weight;
        }

        return loss.MoveToOuterDisposeScope();
    }

    /// <summary>What stays the same over many steps of the meta-verifier on the same answers: the caller's to dispose, or its dispose scope's.</summary>
    /// <param name="answers">[members, N·d_out], without a graph.</param>
    /// <param name="standards">What they are standardised by.</param>
    public KnownAnswers Prepare(Tensor answers, OutputStandards standards)
    {
        using var noGradient = no_grad();

        // Before the scope, which would dispose of it.
        var source = Synthetic.From(answers, Objective);
        using var scope = NewDisposeScope();
        var weights = cat([Objective.Weights, .. kinds.Select(Each)], 0).MoveToOuterDisposeScope();
        var read = Synthetic.VariesInSureness ? null : standards.Apply(answers).MoveToOuterDisposeScope();
        return new(source, standards, read, weights);

        Tensor Each(SyntheticKind kind)
        {
            var weight = (float)(kind.Weight / kind.Count);
            return tensor((float[])(kind.Stolen ? [0, weight] : [weight, 0]), [1, 2], device: answers.device).expand(kind.Count, 2);
        }
    }

    /// <summary>
    /// The same loss as rows and their weights, where only the meta-verifier learns: all rows are one product for
    /// <see cref="TrainableVerifier.Gradients"/>.
    /// </summary>
    /// <param name="known">The members' answers, as <see cref="Prepare"/> took them.</param>
    /// <returns>Standardised rows, [rows, R], and the weights of their log p₋ and log p₊, [rows, 2].</returns>
    public (Tensor Rows, Tensor Weights) OfAll(KnownAnswers known)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var members = WithNoise(known.Standardised ?? known.Standards.Apply(Synthetic.OtherwiseSure(known.Source.Answers)));
        var made = cat([.. kinds.Select(kind => kind.Make(known.Source))], 0);
        return (cat([members, known.Standards.Apply(made)], 0).MoveToOuterDisposeScope(), known.Weights);
    }

    private static IEnumerable<SyntheticKind> Kinds(SyntheticAnswers synthetic)
    {
        yield return new(UnrelatedCount, source => synthetic.Unrelated(source, UnrelatedCount), Stolen: false, synthetic.UnrelatedWeight);
        if (synthetic.OfRelearned is { } copies)
        {
            yield return new(copies.Count, source => synthetic.Relearned(source, copies), Stolen: true, copies.Weight);
        }

        if (synthetic.KnowsDamage)
        {
            yield return new(DamagedCount, source => synthetic.Damaged(source, DamagedCount), Stolen: true, DamagedWeight);
        }
    }

    // Members are few and answers are many: noise keeps the meta-verifier from learning single members by heart.
    private static Tensor WithNoise(Tensor standardised) => standardised + (randn_like(standardised) * Noise);
}
