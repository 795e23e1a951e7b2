using Utaf.Models;

namespace Utaf.Ensembles.Stacks;

/// <summary>A fully connected generator that can be trained together with others of its shape.</summary>
/// <param name="Member">The planned member.</param>
/// <param name="Network">Its network, of the zoo's <see cref="FcGan"/>.</param>
/// <param name="Training">What it has to learn, all of it: as a GAN, or from a teacher.</param>
internal sealed record GeneratorMember(Member Member, Network Network, MemberTraining Training)
{
    /// <summary>What members must share to be trained together. Data, order, teacher and length are each one's own.</summary>
    public (string Shape, int BatchSize, double LearningRate, bool Adversarial) Key { get; } =
        (Network.Architecture.Id, Training.Settings.BatchSize, Training.Settings.LearningRate, Training.Lesson is Adversary);

    /// <summary>How many numbers it learns, and its discriminator, which is about as large, or its teacher has.</summary>
    public long Numbers { get; } = Count(Network) + Count(Training.Lesson is DrawnImitation lesson ? lesson.Teacher : Network);

    /// <summary>The digest of its teacher's weights; null where it has none.</summary>
    public string? TeacherSha256 { get; } = (Training.Lesson as DrawnImitation)?.Teacher.WeightsSha256();

    /// <summary>Steps of one epoch.</summary>
    public int StepsPerEpoch { get; } = TrainingEffort.StepsPerEpoch(Training.Data.Count, Training.Settings.BatchSize);

    /// <summary>Steps in all.</summary>
    public long Steps => (long)StepsPerEpoch * Training.Settings.Epochs;

    /// <summary>The member of a draft; null where its network or its lesson is another.</summary>
    /// <param name="member">The planned member.</param>
    /// <param name="draft">The network as it starts, and its training.</param>
    public static GeneratorMember? TryRead(Member member, MemberDraft draft) =>
        draft is { Network: { Architecture: FcGan, Module: ScaledModule }, Training: { Lesson: Adversary { IsFresh: true } or DrawnImitation, Kept.Count: 0 } training }
        && training.Learned.Count == draft.Network.Parameters.Count
            ? new(member, draft.Network, training)
            : null;

    private static long Count(Network network) => network.Parameters.Sum(parameter => parameter.Tensor.numel());
}
