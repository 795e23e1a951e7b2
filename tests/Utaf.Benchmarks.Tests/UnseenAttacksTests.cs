using TorchSharp;
using Utaf.Benchmarks.Scenarios;
using Utaf.Construction;
using Utaf.Data;
using Utaf.Ensembles;
using Utaf.Models;
using Utaf.Tests;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Benchmarks.Tests;

[Collection("torch")]
public sealed class UnseenAttacksTests
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("paper", "unseen: int8, input-noise, chain")]
    [InlineData("standard", "unseen: int8, input-noise")]
    public void Chains_are_an_attack_where_the_ensemble_has_none(string profile, string expected)
    {
        using var folder = new TemporaryFolder();
        ScenarioData.Write("warfarin", folder.Path);
        using var opened = WarfarinScenario.Prepare(folder.Path, [], 0, profile, EnsembleOptions.Default, whole: false, trained: false)
            .Open("warfarin", folder.File("work"), TorchRuntime.Start("cpu"));
        using var box = InputBox.For(opened.Ensemble.Workshop);
        var said = new List<string>();

        UnseenAttacks.Of(opened, EnsembleSplit.Make(opened.Ensemble.Folder.Plan, member => member.Id, OpenedScenario.Halves), box, [], Profile.Cpu, said.Add, Stop);

        Assert.Equal(expected, Assert.Single(said));
    }

    [Fact]
    public void Noise_is_the_same_fraction_of_each_inputs_range_and_stays_in_it()
    {
        TorchRuntime.Start("cpu");
        using var scope = NewDisposeScope();
        using var box = InputBox.Of(new DataTable([2], [0, -10, 1, 30], 1, [0, 0], "box"), images: false, CPU);
        var inputs = tensor([0.5f, 10]).expand(500, 2).contiguous();

        var noisy = UnseenAttacks.Noisy(inputs, 0.05, box);

        var deviations = (noisy - inputs).std(0, unbiased: true).data<float>().ToArray();
        Assert.InRange(deviations[0], 0.045, 0.055);
        Assert.InRange(deviations[1] / 40, 0.045, 0.055);
        Assert.True(noisy.eq(UnseenAttacks.Noisy(inputs, 0.05, box)).all().ToBoolean());
        Assert.InRange(UnseenAttacks.Noisy(zeros(500, 2), 0.05, box)[.., 0].min().ToSingle(), 0, 0);
    }

    [Fact]
    public void An_image_made_smaller_and_large_again_has_lost_what_is_fine()
    {
        TorchRuntime.Start("cpu");
        using var scope = NewDisposeScope();
        var fine = arange(28).remainder(2).to_type(ScalarType.Float32).expand(1, 1, 28, 28).contiguous();

        var half = UnseenAttacks.Resized(fine, 0.5);

        Assert.Equal(fine.shape, half.shape);
        Assert.InRange((half - 0.5).abs().max().ToSingle(), 0, 1e-5);
        Assert.InRange((UnseenAttacks.Resized(ones(1, 1, 28, 28), 0.75) - 1).abs().max().ToSingle(), 0, 1e-5);
    }

    [Fact]
    public void A_copy_trained_on_adversarial_examples_is_harder_to_mislead_than_one_that_was_only_trained_further()
    {
        using var folder = new TemporaryFolder();
        ScenarioData.Write("skin", folder.Path);
        var input = new ScenarioInput(folder.Path, [], Profile.Smoke, folder.File("work"), TorchRuntime.Start("cpu"));
        using var opened = new Skin().Prepare(input, 0, trained: true).Open("skin", input.Work, input.Device);
        var workshop = opened.Ensemble.Workshop;
        using var scope = NewDisposeScope();

        using var copy = AdversarialFineTuning.Of(workshop, step: 0.03, (0, 1), epochs: 60, seed: 1, Stop);
        using var tuned = AdversarialFineTuning.Of(workshop, step: 0, (0, 1), epochs: 60, seed: 1, Stop);

        Assert.True(Misled(copy) < 0.8 * Misled(tuned), $"{Misled(copy)} and {Misled(tuned)}");

        double Misled(Network network)
        {
            var point = workshop.Public.Inputs.clone().requires_grad_();
            var gradient = autograd.grad([Loss(point)], [point])[0];
            return Loss((workshop.Public.Inputs + (gradient.sign() * 0.03)).clamp(0, 1)).ToDouble();

            Tensor Loss(Tensor inputs) => workshop.Task.Losses(network.Forward(inputs).flatten(1), workshop.Public.Targets, network.Form).mean();
        }
    }
}
