using Utaf.Ensembles;
using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>
/// Answers of models that nobody built, made from the members' answers at every step of the meta-verifier: they show it
/// the far ends of both sides, of which an ensemble has few.
/// </summary>
internal sealed class SyntheticAnswers
{
    private readonly LearningTask task;
    private readonly Tensor empty;
    private readonly long width;

    private SyntheticAnswers(LearningTask task, Tensor empty, long width)
    {
        this.task = task;
        this.empty = empty;
        this.width = width;
    }

    /// <param name="workshop">Whose target has its weights pruned to nothing: what ever stronger damage ends in.</param>
    public static SyntheticAnswers For(Workshop workshop)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var emptied = workshop.Target.Copy().To(workshop.Device).Freeze();
        foreach (var weight in emptied.Parameters.Where(parameter => parameter.IsWeight))
        {
            weight.Tensor.zero_();
        }

        var products = workshop.Task.Product(emptied.Forward(workshop.Owner.Inputs.narrow(0, 0, 1)).flatten(1), emptied.Form);
        return new(workshop.Task, products.nan_to_num().MoveToOuterDisposeScope(), products.shape[1]);
    }

    /// <summary>The weight of <see cref="Unrelated"/> answers in the loss.</summary>
    public double UnrelatedWeight => task.UnrelatedWeight;

    /// <summary>Members' answers to make others from, and what is the same about them however many are made.</summary>
    /// <param name="answers">[members, N·d_out] with the target first.</param>
    /// <param name="objective">Which of them are positives.</param>
    public AnswerSource From(Tensor answers, Objective objective)
    {
        using var scope = NewDisposeScope();
        var mixable = OfRelearned is null ? null : task.ToMix(answers.view(-1, width)).view_as(answers);
        return new(
            answers.alias().MoveToOuterDisposeScope(),
            (answers.std() * 0.5).MoveToOuterDisposeScope(),
            mixable?.MoveToOuterDisposeScope(),
            objective.NegativePlaces,
            KnowsDamage ? answers.index_select(0, objective.PositivePlaces).MoveToOuterDisposeScope() : null);
    }

    /// <summary>Unrelated models: a member's answers to other queries, stretched and shifted.</summary>
    /// <param name="source">As <see cref="From"/> gave it.</param>
    /// <param name="count">How many to make.</param>
    /// <returns>[count, N·d_out].</returns>
    public Tensor Unrelated(AnswerSource source, int count)
    {
        using var scope = NewDisposeScope();
        var (answers, device) = (source.Answers, source.Answers.device);
        var (members, examples) = (answers.shape[0], answers.shape[1] / width);
        var drawn = answers.index_select(0, randint(members, count, device: device)).view(count, examples, width);
        var order = rand([count, examples], device: device).argsort(1).unsqueeze(2).expand(-1, -1, width);
        var shuffled = drawn.gather(1, order);
        var mean = shuffled.mean([1], keepdim: true);
        var stretch = rand([count, 1, 1], device: device) + 0.5;
        var shift = randn([count, 1, width], device: device) * source.Spread;
        var made = mean + (stretch * (shuffled - mean)) + shift;
        return task.Sound(made.view(count * examples, width)).view(count, -1).MoveToOuterDisposeScope();
    }

    /// <summary>Whether <see cref="Damaged"/> makes copies, and not honest models as well.</summary>
    public bool KnowsDamage => task.FadedAnswersAreDamage;

    /// <summary>Whether <see cref="OtherwiseSure"/> changes anything.</summary>
    public bool VariesInSureness => task.VariesInSureness;

    /// <summary>The members' answers, had they been trained to be more or less sure.</summary>
    /// <param name="answers">[members, N·d_out].</param>
    /// <returns>[members, N·d_out], with gradients.</returns>
    public Tensor OtherwiseSure(Tensor answers)
    {
        using var scope = NewDisposeScope();
        return task.OtherwiseSure(answers.view(answers.shape[0], -1, width)).view(answers.shape[0], -1).MoveToOuterDisposeScope();
    }

    /// <summary>Heavily damaged copies: a positive on its way to the answers of a model without weights.</summary>
    /// <param name="source">As <see cref="From"/> gave it, where <see cref="KnowsDamage"/>.</param>
    /// <param name="count">How many to make.</param>
    /// <returns>[count, N·d_out].</returns>
    public Tensor Damaged(AnswerSource source, int count)
    {
        using var scope = NewDisposeScope();
        var positives = source.Positives!;
        var drawn = positives.index_select(0, randint(positives.shape[0], count, device: positives.device));
        var end = empty.repeat(1, positives.shape[1] / width);
        return (end + ((drawn - end) * rand([count, 1], device: positives.device))).MoveToOuterDisposeScope();
    }

    /// <summary>How <see cref="Relearned"/> makes copies; null where it would make honest models as well.</summary>
    public RelearnedCopies? OfRelearned => task.Relearned;

    /// <summary>
    /// Copies that learned the target's answers anew, as students do: part of the way from the target to an honest model, and
    /// off that by up to what two honest models differ in, which is what training leaves to chance.
    /// </summary>
    /// <param name="source">As <see cref="From"/> gave it, of which at least one member is honest.</param>
    /// <param name="copies">How many, and how far from the target.</param>
    /// <returns>[count, N·d_out].</returns>
    public Tensor Relearned(AnswerSource source, RelearnedCopies copies)
    {
        using var scope = NewDisposeScope();
        var (given, negatives) = (source.Mixable!, source.NegativePlaces);
        var target = given.narrow(0, 0, 1);
        var kept = target + ((Honest() - target) * Share() * copies.MostOfAnother);
        var made = kept + ((Honest() - Honest()) * Share());
        return task.FromMix(made.view(-1, width)).view(copies.Count, -1).MoveToOuterDisposeScope();

        Tensor Share() => rand([copies.Count, 1], device: given.device);

        Tensor Honest() => given.index_select(0, negatives.index_select(0, randint(negatives.shape[0], copies.Count, device: given.device)));
    }
}
