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

    /// <summary>The loss on the answers of all members.</summary>
    /// <param name="verifier">The meta-verifier.</param>
    /// <param name="answers">[members, N·d_out].</param>
    /// <param name="standards">What they are standardised by.</param>
    public Tensor OfAll(TrainableVerifier verifier, Tensor answers, OutputStandards standards)
    {
        using var scope = NewDisposeScope();
        var members = Objective.Loss(verifier.LogProbabilities(WithNoise(standards.Apply(Synthetic.OtherwiseSure(answers)))));
        return (members + OfSynthetic(verifier, answers, standards)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The same loss as rows and their weights, where only the meta-verifier learns: all rows are one product for
    /// <see cref="TrainableVerifier.Gradients"/>.
    /// </summary>
    /// <param name="answers">[members, N·d_out].</param>
    /// <param name="standards">What they are standardised by.</param>
    /// <param name="read">What <see cref="Read"/> gave for the same answers.</param>
    /// <returns>Standardised rows, [rows, R], and the weights of their log p₋ and log p₊, [rows, 2].</returns>
    public (Tensor Rows, Tensor Weights) OfAll(Tensor answers, OutputStandards standards, Tensor? read)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        List<Tensor> rows =
        [
            WithNoise(read ?? standards.Apply(Synthetic.OtherwiseSure(answers))),
            standards.Apply(Synthetic.Unrelated(answers, UnrelatedCount)),
        ];
        List<Tensor> weights = [Objective.Weights, Each(UnrelatedCount, Synthetic.UnrelatedWeight, 0)];
        if (Synthetic.OfRelearned is { } copies)
        {
            rows.Add(standards.Apply(Synthetic.Relearned(answers, Objective.NegativePlaces, copies)));
            weights.Add(Each(copies.Count, 0, copies.Weight));
        }

        if (Synthetic.KnowsDamage)
        {
            rows.Add(standards.Apply(Synthetic.Damaged(answers.index_select(0, Objective.PositivePlaces), DamagedCount)));
            weights.Add(Each(DamagedCount, 0, DamagedWeight));
        }

        return (cat([.. rows], 0).MoveToOuterDisposeScope(), cat([.. weights], 0).MoveToOuterDisposeScope());

        Tensor Each(int count, double negative, double positive) =>
            tensor([(float)(negative / count), (float)(positive / count)], [1, 2], device: answers.device).expand(count, 2);
    }

    /// <summary>What is read of the members themselves, where it is the same at every step; null where it is not.</summary>
    /// <param name="answers">[members, N·d_out].</param>
    /// <param name="standards">What they are standardised by.</param>
    /// <returns>[members, R].</returns>
    public Tensor? Read(Tensor answers, OutputStandards standards) => Synthetic.VariesInSureness ? null : standards.Apply(answers);

    /// <summary>The part of the loss that answers of unbuilt models have.</summary>
    /// <param name="verifier">The meta-verifier.</param>
    /// <param name="answers">The members' answers to make them from, [members, N·d_out].</param>
    /// <param name="standards">What they are standardised by.</param>
    private Tensor OfSynthetic(TrainableVerifier verifier, Tensor answers, OutputStandards standards)
    {
        using var scope = NewDisposeScope();
        var unrelated = Synthetic.Unrelated(answers, UnrelatedCount);
        var loss = verifier.LogProbabilities(standards.Apply(unrelated)).select(2, 0).mean() * -Synthetic.UnrelatedWeight;
        if (Synthetic.OfRelearned is { } copies)
        {
            var relearned = Synthetic.Relearned(answers, Objective.NegativePlaces, copies);
            loss -= verifier.LogProbabilities(standards.Apply(relearned)).select(2, 1).mean() * copies.Weight;
        }

        if (Synthetic.KnowsDamage)
        {
            var damaged = Synthetic.Damaged(answers.index_select(0, Objective.PositivePlaces), DamagedCount);
            loss -= verifier.LogProbabilities(standards.Apply(damaged)).select(2, 1).mean() * DamagedWeight;
        }

        return loss.MoveToOuterDisposeScope();
    }

    // Members are few and answers are many: noise keeps the meta-verifier from learning single members by heart.
    private static Tensor WithNoise(Tensor standardised) => standardised + (randn_like(standardised) * Noise);
}
