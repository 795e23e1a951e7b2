using Utaf.Models;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Ensembles;

/// <summary>What a member is taught by. Lessons that are equal can be given to many members at once.</summary>
public abstract record Lesson
{
    /// <summary>Whether perceptrons with this lesson can be trained together as a stack.</summary>
    public virtual bool CanBeStacked => true;

    /// <summary>A batch to learn from, which belongs to the caller's dispose scope: rows of the data, unless the lesson draws its own inputs.</summary>
    /// <param name="data">The member's.</param>
    /// <param name="rows">Which rows come next; the last ones of an epoch may be fewer than a batch.</param>
    /// <param name="size">How many a whole batch has.</param>
    /// <param name="random">The member's own.</param>
    /// <param name="room">Where rows may be put: the batch is the training's until the next one.</param>
    /// <returns>Inputs [N, input…] and targets [N, …].</returns>
    public virtual (Tensor Inputs, Tensor Targets) Batch(TensorData data, ReadOnlySpan<long> rows, int size, SeededRandom random, BatchRoom room) =>
        room.Take(data, rows);

    /// <summary>Whether what is learned changes in the course of the training.</summary>
    public virtual bool TargetsMove => false;

    /// <summary>What is learned at a moment of the training, where it changes; otherwise the targets as they are.</summary>
    /// <param name="targets">The data's, [N, …].</param>
    /// <param name="progress">The share of the member's steps that is done, of each example, [N, 1], in [0, 1).</param>
    public virtual Tensor TargetsAt(Tensor targets, Tensor progress) => targets.alias();

    /// <summary>The loss of each example, [N]; what is minimised is its mean.</summary>
    /// <param name="task">What the target was trained to do.</param>
    /// <param name="outputs">The member's, [N, out].</param>
    /// <param name="targets">The data's, [N] or [N, …].</param>
    public abstract Tensor Losses(LearningTask task, Tensor outputs, Tensor targets);
}

/// <summary>The task's own loss on labels or quantities.</summary>
/// <param name="Form">What the member's outputs mean.</param>
public sealed record Supervision(OutputForm Form) : Lesson
{
    /// <inheritdoc/>
    public override Tensor Losses(LearningTask task, Tensor outputs, Tensor targets) => task.Losses(outputs, targets, Form);
}

/// <summary>
/// The task's own loss on pairs of examples. Stacks draw the batches of all members into one, where pairs of different members
/// could not be told from others, so that its members are trained alone.
/// </summary>
/// <param name="Form">What the member's outputs mean.</param>
public sealed record PairSupervision(OutputForm Form) : Lesson
{
    /// <inheritdoc/>
    public override bool CanBeStacked => false;

    /// <inheritdoc/>
    public override Tensor Losses(LearningTask task, Tensor outputs, Tensor targets) => task.Losses(outputs, targets, Form);
}

/// <summary>A teacher's outputs on the same inputs.</summary>
/// <param name="Student">What the member's outputs mean.</param>
/// <param name="Teacher">What the teacher's outputs mean.</param>
/// <param name="Temperature">Hinton's, or 0 for labels alone.</param>
public sealed record Imitation(OutputForm Student, OutputForm Teacher, double Temperature) : Lesson
{
    /// <inheritdoc/>
    public override Tensor Losses(LearningTask task, Tensor outputs, Tensor targets) =>
        task.DistillationLosses(outputs, Student, targets, Teacher, Temperature);
}

/// <summary>
/// A teacher's outputs on inputs that are N(0, 1) and drawn afresh in each step: whoever asks a generator can draw as many as
/// they like, and of the few latent vectors of a table a student would learn those samples alone. A batch costs the teacher's
/// answers, and nothing is kept of it.
/// </summary>
/// <param name="Student">What the member's outputs mean.</param>
/// <param name="Teacher">In eval mode, on the member's device; ends with the training.</param>
public sealed record DrawnImitation(OutputForm Student, Network Teacher) : Lesson, IDisposable
{
    /// <summary>
    /// The fewest inputs that a plan lets a student see. Samples vary along about as many directions as a latent vector has
    /// numbers, up to a hundred or so; a few hundred draws leave most of the space between them to chance, and these are 256
    /// steps of 64, which cost less than a generator's own training.
    /// </summary>
    public const int FewestInputs = 16384;

    /// <summary>There is no table that stacks could draw from.</summary>
    public override bool CanBeStacked => false;

    /// <summary>Draws a whole batch, whatever the rows.</summary>
    /// <inheritdoc/>
    public override (Tensor Inputs, Tensor Targets) Batch(TensorData data, ReadOnlySpan<long> rows, int size, SeededRandom random, BatchRoom room)
    {
        using var noGradient = no_grad();
        var inputs = random.Normal([size, .. data.Inputs.shape[1..]]).to(data.Inputs.device).clone();
        return (inputs, Teacher.Forward(inputs).flatten(1));
    }

    /// <inheritdoc/>
    public override Tensor Losses(LearningTask task, Tensor outputs, Tensor targets) =>
        task.DistillationLosses(outputs, Student, targets, Teacher.Form, temperature: 0);

    /// <inheritdoc/>
    public void Dispose() => Teacher.Dispose();
}

/// <summary>
/// A teacher's outputs at first and the data's own targets at last: λ·y + (1 − λ)·f(x), where λ grows evenly from 0 to 1 over
/// the training (teacher annealing, Clark et al. 2019). λ goes by each member's own steps, so that members of other lengths
/// can be trained together.
/// </summary>
/// <param name="Student">What the member's outputs mean.</param>
public sealed record AnnealedImitation(OutputForm Student) : Lesson
{
    /// <inheritdoc/>
    public override bool TargetsMove => true;

    /// <summary>The mixture of a moment, [N, out].</summary>
    /// <param name="targets">The teacher's outputs and then the data's targets, [N, 2·out].</param>
    /// <param name="progress">λ, [N, 1].</param>
    public override Tensor TargetsAt(Tensor targets, Tensor progress)
    {
        using var scope = NewDisposeScope();
        var parts = targets.chunk(2, 1);
        return (parts[0] + (progress * (parts[1] - parts[0]))).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Losses(LearningTask task, Tensor outputs, Tensor targets) => task.Losses(outputs, targets, Student);
}

/// <summary>A head that learns features along with the network. It is no part of a perceptron, so that its members are trained alone.</summary>
/// <param name="Start">Makes the head for a network as it starts and its data; owned by the training.</param>
public sealed record FeatureLearning(Func<Network, TensorData, SeededRandom, FeatureHead> Start) : Lesson
{
    /// <inheritdoc/>
    public override bool CanBeStacked => false;

    /// <summary>The loss depends on the head of the moment: see <see cref="Trainer"/>.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override Tensor Losses(LearningTask task, Tensor outputs, Tensor targets) => throw new NotSupportedException("Features are trained by Trainer, with their head.");
}

/// <summary>A discriminator that learns along, as in a GAN.</summary>
/// <param name="Start">Makes the discriminator as it starts, on the network's device; owned by the training.</param>
/// <param name="IsFresh">Whether that is one of the network's own kind with random weights, and not the target's.</param>
public sealed record Adversary(Func<Network, SeededRandom, Discriminator> Start, bool IsFresh = false) : Lesson
{
    /// <inheritdoc/>
    public override bool CanBeStacked => false;

    /// <summary>The loss depends on the discriminator of the moment: see <see cref="AdversarialTraining"/>.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override Tensor Losses(LearningTask task, Tensor outputs, Tensor targets) => throw new NotSupportedException("A GAN is trained by AdversarialTraining.");
}
