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
        var loss = Objective.Loss(verifier.LogProbabilities(WithNoise(standards.Apply(Synthetic.OtherwiseSure(answers)))));
        var source = Synthetic.From(answers, Objective);
        foreach (var kind in Kinds())
        {
            var (side, weight) = kind.Positive > 0 ? (1, kind.Positive) : (0, kind.Negative);
            loss -= verifier.LogProbabilities(standards.Apply(kind.Make(source))).select(2, side).mean() * weight;
        }

        return loss.MoveToOuterDisposeScope();
    }

    /// <summary>What stays the same over many steps of the meta-verifier on the same answers. It belongs to the caller's dispose scope.</summary>
    /// <param name="answers">[members, N·d_out], without a graph.</param>
    /// <param name="standards">What they are standardised by.</param>
    public FixedAnswers Fix(Tensor answers, OutputStandards standards)
    {
        using var noGradient = no_grad();
        var source = Synthetic.From(answers, Objective);
        using var scope = NewDisposeScope();
        var weights = cat([Objective.Weights, .. Kinds().Select(Each)], 0).MoveToOuterDisposeScope();
        var read = Synthetic.VariesInSureness ? null : standards.Apply(answers).MoveToOuterDisposeScope();
        return new(source, standards, read, weights);

        Tensor Each(SyntheticKind kind) =>
            tensor([(float)(kind.Negative / kind.Count), (float)(kind.Positive / kind.Count)], [1, 2], device: answers.device).expand(kind.Count, 2);
    }

    /// <summary>
    /// The same loss as rows and their weights, where only the meta-verifier learns: all rows are one product for
    /// <see cref="TrainableVerifier.Gradients"/>.
    /// </summary>
    /// <param name="known">The members' answers, as <see cref="Fix"/> took them.</param>
    /// <returns>Standardised rows, [rows, R], and the weights of their log p₋ and log p₊, [rows, 2].</returns>
    public (Tensor Rows, Tensor Weights) OfAll(FixedAnswers known)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var members = WithNoise(known.Read ?? known.Standards.Apply(Synthetic.OtherwiseSure(known.Source.Answers)));
        var made = cat([.. Kinds().Select(kind => kind.Make(known.Source))], 0);
        return (cat([members, known.Standards.Apply(made)], 0).MoveToOuterDisposeScope(), known.Weights);
    }

    private IEnumerable<SyntheticKind> Kinds()
    {
        yield return new(UnrelatedCount, source => Synthetic.Unrelated(source, UnrelatedCount), Synthetic.UnrelatedWeight, 0);
        if (Synthetic.OfRelearned is { } copies)
        {
            yield return new(copies.Count, source => Synthetic.Relearned(source, copies), 0, copies.Weight);
        }

        if (Synthetic.KnowsDamage)
        {
            yield return new(DamagedCount, source => Synthetic.Damaged(source, DamagedCount), 0, DamagedWeight);
        }
    }

    // Members are few and answers are many: noise keeps the meta-verifier from learning single members by heart.
    private static Tensor WithNoise(Tensor standardised) => standardised + (randn_like(standardised) * Noise);
}

/// <summary>Models that nobody built, of one kind.</summary>
/// <param name="Count">How many are made at each step.</param>
/// <param name="Make">Their answers, [Count, N·d_out].</param>
/// <param name="Negative">The weight of their mean log p₋; 0 for copies.</param>
/// <param name="Positive">The weight of their mean log p₊; 0 for honest models.</param>
internal sealed record SyntheticKind(int Count, Func<AnswerSource, Tensor> Make, double Negative, double Positive);

/// <summary>Answers on which a meta-verifier makes many steps.</summary>
/// <param name="Source">The members' answers, to make others from.</param>
/// <param name="Standards">What they are standardised by; not its own to dispose.</param>
/// <param name="Read">What is read of the members themselves, [members, R]; null where it is another at each step.</param>
/// <param name="Weights">The weights of log p₋ and log p₊ of all rows, [rows, 2]: the members', then those of each kind of unbuilt models.</param>
internal sealed record FixedAnswers(AnswerSource Source, OutputStandards Standards, Tensor? Read, Tensor Weights) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Weights.Dispose();
        Read?.Dispose();
        Source.Dispose();
    }
}
