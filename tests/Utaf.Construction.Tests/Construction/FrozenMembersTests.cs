using TorchSharp;
using Utaf.Models;
using Utaf.Models.Folding;
using Utaf.Torch;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Construction.Tests;

[Collection(TorchSession.Name)]
public sealed class FrozenMembersTests : IClassFixture<BuiltEnsembles>, IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly BuiltEnsembles ensembles;
    private readonly BuiltEnsemble ensemble;
    private readonly FrozenMembers members;

    public FrozenMembersTests(BuiltEnsembles ensembles)
    {
        this.ensembles = ensembles;
        ensemble = ensembles.Of("regression");
        members = FrozenMembers.Load(ensemble.Plan.Members, ensemble.Folder, ensemble.Workshop, withTarget: true);
    }

    [Fact]
    public void The_target_comes_first_and_every_member_answers_in_its_place()
    {
        var inputs = randn(7, 5);

        var outputs = members.Outputs(inputs);

        Assert.Equal(["target", .. ensemble.Plan.Members.Select(member => member.Id)], members.Names);
        Assert.Equal([true, .. ensemble.Plan.Members.Select(member => member.Stolen)], members.Stolen);
        MlpStack.Near(Alone(inputs, [.. Enumerable.Range(0, members.Count)]), outputs);
        Assert.False(outputs.requires_grad);
    }

    [Fact]
    public void A_selection_answers_in_the_order_of_choice()
    {
        int[] places = [9, 0, 3, members.Count - 1, 1, 14];
        var inputs = randn(7, 5);

        MlpStack.Near(Alone(inputs, places), members.Select(places).Outputs(inputs));
    }

    [Fact]
    public void Perceptrons_of_one_shape_are_one_group() =>
        Assert.True(members.All.Parts.Count < members.Count / 2, $"{members.All.Parts.Count} groups of {members.Count} members");

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_member_whose_answer_is_not_finite_is_named(float answer)
    {
        var selection = Constants(("sound", 1), ("broken", answer), ("also sound", 2));

        var error = Assert.Throws<UtafException>(() => selection.Outputs(zeros(3, 5))).Diagnostic;

        Assert.Equal(("UTAF1403", "broken"), (error.Code, error.Origin));
    }

    [Fact]
    public void Large_answers_are_sound_even_when_their_sum_overflows() =>
        Assert.Equal([3e38f, 3e38f], Constants(("large", 3e38f), ("as large", 3e38f)).Outputs(zeros(1, 5)).data<float>());

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(0)]
    public void Gradients_are_those_of_each_member_alone_whether_graphs_are_kept_or_made_again(long graphBytes)
    {
        int[] places = [4, 0, 11, 2, 20, 7];
        var inputs = arange(35, ScalarType.Float32).view(7, 5).div(35);
        var (leaf, weight) = (inputs.clone().requires_grad_(), randn(6, 7));

        (Alone(leaf, places).square() * weight).sum().backward();
        var pass = members.Select(places).Pass(inputs, new PassTerms(ScalarType.Float32, graphBytes));

        Assert.True(leaf.grad!.abs().max().item<float>() > 0.1f);
        MlpStack.Near(Alone(inputs, places), pass.Answers);
        MlpStack.Near(leaf.grad!, pass.Gradient(pass.Answers * weight * 2));
        Assert.False(pass.Answers.requires_grad);
    }

    [Theory]
    [InlineData("regression")]
    [InlineData("classification")]
    public void A_step_without_memory_for_graphs_has_the_same_gradients(string task)
    {
        var (loss, inputs, verifier) = Step(ensembles.Of(task), long.MaxValue);

        var (otherLoss, otherInputs, otherVerifier) = Step(ensembles.Of(task), 0);

        Assert.Equal(loss, otherLoss, 1e-5);
        Assert.True(inputs.abs().max().item<float>() > 1e-4f);
        MlpStack.Near(inputs * 100, otherInputs * 100);
        MlpStack.Near(verifier, otherVerifier);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_verifier_learns_more_from_a_costly_pass(bool costly)
    {
        var learning = ensembles.Of("regression").Learning(new(Examples: 6), PassTerms.Exact, costly);
        using var members = learning.Training;
        using var validation = learning.Validation;
        using var box = learning.Box;
        using var verifier = new TrainableVerifier(6, new SeededRandom(1, "verifier"), CPU, 1);
        using var adam = new FusedAdam(verifier.Parameters, 0.01);
        var before = verifier.Parameters[0].detach().clone();

        manual_seed(3);
        _ = BatchedSchedule.Pass(learning, new SeededRandom(1, "free").Normal(learning.FingerprintShape), verifier, adam);

        // Adam moves a weight by about its rate in each of its first steps: three were made on these answers, and a fourth is the caller's.
        var moved = (verifier.Parameters[0] - before).abs().max().item<float>();
        Assert.True(verifier.Parameters[0].grad is not null);
        Assert.InRange(moved, costly ? 0.015 : 0, costly ? 0.035 : 0);
    }

    [Theory]
    [InlineData("regression")]
    [InlineData("classification")]
    [InlineData("images")]
    public void The_papers_triple_has_the_same_gradients_at_once_and_one_by_one_where_passes_are_costly(string task)
    {
        var (together, oneByOne) = (Learned(costly: false), Learned(costly: true));

        MlpStack.Near(together.Inputs, oneByOne.Inputs);

        // Each of Adam's steps is of 0.05, and where a gradient is next to zero a rounding decides some of it: with images there are some.
        var most = task == "images" ? 5e-4 : 1e-5;
        Assert.All(together.Verifier.Parameters.Zip(oneByOne.Verifier.Parameters), parameter => Assert.InRange((parameter.First - parameter.Second).abs().max().ToDouble(), 0, most));
        Assert.Equal(together.Curve[^1].Loss, oneByOne.Curve[^1].Loss, 1e-4);

        Learned Learned(bool costly)
        {
            var learning = ensembles.Of(task).Learning(new(Examples: 6, Schedule.Paper, Iterations: 5, InputLearningRate: 0.05, VerifierLearningRate: 0.05), PassTerms.Exact, costly);
            using var training = learning.Training;
            using var validation = learning.Validation;
            using var box = learning.Box;
            return new PaperSchedule().Run(learning);
        }
    }

    public void Dispose()
    {
        members.Dispose();
        scope.Dispose();
    }

    private static (double Loss, Tensor Inputs, Tensor Verifier) Step(BuiltEnsemble ensemble, long graphBytes)
    {
        var learning = ensemble.Learning(new(Examples: 6), new PassTerms(ScalarType.Float32, graphBytes));
        using var verifier = new TrainableVerifier(6 * ensemble.Workshop.Target.Signature.OutputWidth, new SeededRandom(1, "verifier"), CPU, 1);
        using var adam = new FusedAdam(verifier.Parameters, 0.01);
        var free = new SeededRandom(1, "free").Normal(learning.FingerprintShape);
        manual_seed(3);

        var (loss, gradient) = BatchedSchedule.Pass(learning, free, verifier, adam);

        learning.Training.Dispose();
        learning.Validation.Dispose();
        learning.Box.Dispose();
        return (loss, gradient, verifier.Parameters[0].grad!.clone());
    }

    /// <summary>Networks that answer one number whatever they are asked.</summary>
    private static MemberSelection Constants(params (string Name, float Answer)[] members) => new(
        [.. members.Select(member => member.Name)],
        [.. members.Select((member, place) =>
        {
            var linear = nn.Linear(5, 1);
            using var noGradient = no_grad();
            linear.weight.zero_();
            linear.bias!.fill_(member.Answer);
            var network = new WholeNetwork(new Network(new Mlp([1]), linear, OutputForm.Raw).Freeze());
            return new SelectedMembers(new SingleMember(place, _ => network, new Regression()), null, [place]);
        })]);

    private Tensor Alone(Tensor inputs, int[] places) => stack([.. places.Select(place =>
    {
        if (place == 0)
        {
            return ensemble.Workshop.Target.Network.Forward(inputs).flatten();
        }

        using var network = ensemble.Folder.Load(ensemble.Plan.Members[place - 1], ensemble.Workshop.Architectures);
        return network.Forward(inputs).flatten();
    })]);
}
