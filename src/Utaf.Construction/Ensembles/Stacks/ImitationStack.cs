using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Stacks;

/// <summary>Students, of one teacher or of several: see <see cref="DrawnImitation"/>.</summary>
internal sealed class ImitationStack : GeneratorStack
{
    // Torch's own, as Trainer's.
    private const double FirstDecay = 0.9;

    // Students whose vectors a teacher is given at once: a convolutional one's signals are large.
    private const int MostAsked = 16;

    private readonly IReadOnlyList<(Network Teacher, int[] Places)> teachers;

    /// <param name="members">Of one key.</param>
    public ImitationStack(IReadOnlyList<GeneratorMember> members)
        : this(members, new([.. members.Select(member => member.Network)], members[0].Key.LearningRate, FirstDecay))
    {
        foreach (var member in members)
        {
            // The number that Trainer gives to torch's own generator.
            _ = member.Training.Random.NextUInt64();
        }
    }

    private ImitationStack(IReadOnlyList<GeneratorMember> members, NetworkStack generators)
        : base(members, generators) =>
        teachers = [.. members
            .Select((member, place) => (member, place))
            .GroupBy(entry => entry.member.TeacherSha256)
            .SelectMany(alike => alike.Chunk(MostAsked))
            .Select(alike => (((DrawnImitation)alike[0].member.Training.Lesson).Teacher, alike.Select(entry => entry.place).ToArray()))];

    /// <inheritdoc/>
    protected override Tensor Step(int step)
    {
        foreach (var member in Members.Where(member => step % member.StepsPerEpoch == 0))
        {
            // An order is drawn for each epoch, which students have no use for.
            _ = member.Training.Data.Order(member.Training.Random);
        }

        var latents = Latents([.. Members.Select(_ => Batch)]);
        var differences = Make(latents) - Answers(latents);
        var losses = differences.square().mean([1L, 2L]);
        losses.sum().backward();
        Generators.Step();
        return losses.detach();
    }

    /// <inheritdoc/>
    protected override GeneratorStack Some(IReadOnlyList<GeneratorMember> members, NetworkStack generators, Tensor rows) => new ImitationStack(members, generators);

    /// <summary>What each student's teacher makes of its latent vectors, [K, B, out]; students of one teacher are asked for together.</summary>
    private Tensor Answers(Tensor latents)
    {
        using var noGradient = no_grad();
        var answers = new Tensor[Members.Count];
        foreach (var (teacher, places) in teachers)
        {
            var asked = cat([.. places.Select(place => latents.select(0, place))], 0);
            var given = teacher.Forward(asked).flatten(1).chunk(places.Length, 0);
            for (var i = 0; i < places.Length; i++)
            {
                answers[places[i]] = given[i];
            }
        }

        return stack(answers);
    }
}
