using TorchSharp;
using Utaf.Ensembles;
using Utaf.Ensembles.Obfuscations;
using Utaf.Fingerprints;
using Utaf.Models;
using Utaf.Models.Tests;
using Utaf.Torch;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Construction.Tests;

[Collection(TorchSession.Name)]
public sealed class PairConstructionTests(BuiltEnsembles ensembles) : IClassFixture<BuiltEnsembles>
{
    private static readonly ConstructionOptions Few = new(Examples: 12, Iterations: 12);
    private readonly BuiltEnsemble regression = ensembles.Of("regression");

    public static TheoryData<string, Schedule> TasksAndSchedules() => new()
    {
        { "regression", Schedule.Batched },
        { "regression", Schedule.Paper },
        { "classification", Schedule.Batched },
        { "classification", Schedule.Paper },
    };

    [Theory]
    [MemberData(nameof(TasksAndSchedules))]
    public void A_pair_is_made_whose_results_cover_exactly_the_test_part(string task, Schedule schedule)
    {
        var ensemble = ensembles.Of(task);

        var pair = ensemble.Construct(Few with { Schedule = schedule });

        var split = EnsembleSplit.Make(ensemble.Plan, ensemble.Folder.WeightsSha256, new());
        var (manifest, heldOut) = (pair.Manifest, pair.Manifest.HeldOut);
        Assert.Equal(split.Test.Select(member => (member.Id, member.Stolen)), heldOut.Members.Select(member => (member.Id, member.Stolen)));
        Assert.Equal((split.Training.Count, split.Validation.Count, split.Test.Count), (manifest.Ensemble.Training, manifest.Ensemble.Validation, manifest.Ensemble.Test));
        Assert.All(heldOut.Members, member => Assert.InRange(member.MatchingRate, 0, 1));
        Assert.True(heldOut.Members.Select(member => member.MatchingRate).Distinct().Count() > 1);
        Assert.InRange(manifest.Threshold, 0.001, 0.999);
        Assert.Equal(task, manifest.Task);
        Assert.Equal(12, pair.Fingerprint.Count);
        Assert.Equal(12 * manifest.Output.Width, pair.Verifier.InputWidth);
        Assert.Equal(100, pair.Verifier.Hidden);
        var logarithmic = task == "classification" && schedule == Schedule.Batched;
        Assert.Equal(logarithmic ? (3, AnswerScale.StandardisedLogarithmic) : (1, null), (manifest.FormatVersion, manifest.Output.Scale));
        Assert.Equal(logarithmic ? new CentredLogarithms(manifest.Output.Width, Standardised: true) : null, pair.Verifier.Reading);
        Assert.All(pair.Fingerprint.Values, value => Assert.InRange(value, manifest.Input.Minimum, manifest.Input.Maximum));
        var bytes = FingerprintPairFile.Serialise(pair);
        Assert.Equal(bytes, FingerprintPairFile.Serialise(FingerprintPairFile.Deserialise(bytes, "pair")));
    }

    [Fact]
    public void Members_for_training_alone_are_learned_from_by_the_batched_schedule_and_unknown_to_Algorithm_1()
    {
        var more = regression.BuildWith(regression.Plan with
        {
            Members =
            [
                .. regression.Plan.Members,
                new Member("more", Stolen: true, Parent: null, new ShrinkPerturb(0.3, new(1))),
                new Member("student", Stolen: true, Parent: null, new Distillation(new Mlp([8]), new(1), 0, 7)) { ForTrainingAlone = true },
                new Member("honest", Stolen: false, Parent: null, new IndependentTraining(new Mlp([8]), DataSource.Public, new(1), 7)) { ForTrainingAlone = true },
            ],
        });

        foreach (var schedule in (Schedule[])[Schedule.Batched, Schedule.Paper])
        {
            var options = Few with { Schedule = schedule };
            var (with, without) = (regression.Construct(options, folder: more), regression.Construct(options));

            var learned = schedule == Schedule.Batched ? 3 : 0;
            Assert.Equal(without.Manifest.Ensemble.Training + learned, with.Manifest.Ensemble.Training);
            Assert.Equal(schedule == Schedule.Paper, with.Fingerprint.Values.SequenceEqual(without.Fingerprint.Values));
            Assert.Equal(schedule == Schedule.Paper, with.Manifest.HeldOut.Members.SequenceEqual(without.Manifest.HeldOut.Members));
            Assert.Equal(without.Manifest.HeldOut.Members.Select(member => member.Id), with.Manifest.HeldOut.Members.Select(member => member.Id));
            Assert.Equal(schedule == Schedule.Paper, with.Manifest.Ensemble.Notes.Any(note => note == "3 members were not learned from: --schedule paper keeps to the paper's ensemble, which has no such members."));
            Assert.True(schedule == Schedule.Batched || with.Manifest.Threshold == without.Manifest.Threshold);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fingerprints_start_at_latent_vectors_that_are_drawn_and_otherwise_between_two_examples(bool drawn)
    {
        using var scope = NewDisposeScope();
        using var box = InputBox.Within([5], 3, CPU);
        var learning = regression.Learning(new(Examples: 600), PassTerms.Exact);
        using var members = learning.Training;
        using var validation = learning.Validation;
        using var usual = learning.Box;

        // As if latent vectors were the owner's inputs.
        var inputs = new SeededRandom(3, "latents").Normal([300, 5]);
        var start = box.ToInputs(BatchedSchedule.Start(learning with { Box = box, OwnerInputs = inputs, DrawsInputs = drawn }));

        // Halfway between two of N(0, 1) the variance is about a half; drawn ones are moved off the border at 3 a little.
        Assert.Equal([600, 5], start.shape);
        var square = start.square().mean().ToDouble();
        Assert.InRange(square, drawn ? 0.9 : 0.4, drawn ? 1.05 : 0.6);
        Assert.InRange(start.abs().max().ToDouble(), 0, 2.7 + 1e-4);
    }

    [Theory]
    [MemberData(nameof(TasksAndSchedules))]
    public void The_same_seed_gives_the_same_bytes(string task, Schedule schedule)
    {
        var options = Few with { Schedule = schedule };

        var first = FingerprintPairFile.Serialise(ensembles.Of(task).Construct(options));
        var second = FingerprintPairFile.Serialise(ensembles.Of(task).Construct(options));

        Assert.Equal(first, second);
    }

    [Theory]
    [InlineData(Schedule.Batched)]
    [InlineData(Schedule.Paper)]
    public void Another_seed_gives_another_fingerprint(Schedule schedule)
    {
        var other = regression.BuildWith(regression.Plan with { Seed = 6 });
        var options = Few with { Schedule = schedule };

        Assert.NotEqual(regression.Construct(options).Fingerprint.Values, regression.Construct(options, folder: other).Fingerprint.Values);
    }

    [Fact]
    public void The_papers_schedule_has_the_papers_numbers()
    {
        var steps = 0;

        var pair = regression.Construct(new(Schedule: Schedule.Paper), _ => steps++);

        var training = pair.Manifest.Training;
        Assert.Equal((100, 1000, 0.001, 0.001), (pair.Manifest.Examples, training.Iterations, training.InputLearningRate, training.VerifierLearningRate));
        Assert.Equal(("1·log p₊(F) + 1·mean log p₊(M₊) + 1·mean log p₋(M₋)", "paper"), (training.Objective, training.Schedule));
        Assert.Equal(1000, steps);
        Assert.True(training.Curve[^1].Loss < training.Curve[0].Loss);
    }

    [Theory]
    [InlineData(Schedule.Batched)]
    [InlineData(Schedule.Paper)]
    public void The_training_curve_is_kept_and_told(Schedule schedule)
    {
        var told = new List<ConstructionProgress>();

        var pair = regression.Construct(Few with { Schedule = schedule, Iterations = 103, Patience = 103 }, told.Add);

        Assert.Equal(Enumerable.Range(1, 103).Select(done => (done, 103)), told.Select(progress => (progress.Done, progress.Total)));
        Assert.Equal(told.Select(progress => progress.Point).OfType<CurvePoint>(), pair.Manifest.Training.Curve);
        Assert.Equal(102, pair.Manifest.Training.Curve[^1].Iteration);
        Assert.All(pair.Manifest.Training.Curve, point => Assert.True(double.IsFinite(point.Loss) && point is { ValidationAuc: >= 0 and <= 1, ValidationAruc: >= 0 and <= 1, ValidationLoss: > 0 }));
    }

    [Theory]
    [InlineData(88, 60, 200)]
    [InlineData(94, 63, 212)]
    public void For_more_than_a_hundred_members_there_are_more_steps_in_the_same_measure(int more, int iterations, int verifierSteps)
    {
        var others = Enumerable.Range(0, more).Select(i => new Member($"more-{i}", Stolen: false, Parent: null, new IndependentTraining(new Mlp([8]), DataSource.Public, new(1), 10 + i)) { ForTrainingAlone = true });
        var folder = regression.BuildWith(regression.Plan with { Members = [.. regression.Plan.Members, .. others] });
        var (usual, told) = (new ConstructionOptions(Examples: 5), new List<ConstructionProgress>());

        var pair = regression.Construct(usual, told.Add, folder);

        Assert.Equal(12 + more, pair.Manifest.Ensemble.Training);
        Assert.All(told, progress => Assert.Equal(iterations, progress.Total));
        Assert.Equal(Bytes(pair), Bytes(regression.Construct(usual with { Iterations = iterations, VerifierSteps = verifierSteps }, folder: folder)));
        Assert.NotEqual(Bytes(pair), Bytes(regression.Construct(usual with { VerifierSteps = verifierSteps + 1 }, folder: folder)));

        static byte[] Bytes(FingerprintPair pair) => FingerprintPairFile.Serialise(pair);
    }

    [Fact]
    public void The_batched_schedule_ends_when_the_validation_part_is_served_no_better()
    {
        var told = new List<ConstructionProgress>();

        var pair = regression.Construct(Few with { Iterations = 100, Patience = 1, InputLearningRate = 10 }, told.Add);

        var losses = pair.Manifest.Training.Curve.Select(point => point.ValidationLoss!.Value).ToList();
        Assert.InRange(told.Count, 10, 90);
        Assert.Equal(told.Count, pair.Manifest.Training.Iterations);
        Assert.True(losses[^1] >= losses[..^1].Min(), "the last measurement was a new best");
        Assert.Equal(losses.Count - 2, losses.IndexOf(losses.Min()));
    }

    [Theory]
    [InlineData(Schedule.Batched)]
    [InlineData(Schedule.Paper)]
    public void What_the_user_chooses_is_in_the_manifest(Schedule schedule)
    {
        var manifest = regression.Construct(new(5, schedule, 3, 0.02, 0.005, new(0.5, 1, 1.5), 0.42)).Manifest;

        Assert.Equal((5, 3, 0.02, 0.005, 0.42), (manifest.Examples, manifest.Training.Iterations, manifest.Training.InputLearningRate, manifest.Training.VerifierLearningRate, manifest.Threshold));
        Assert.Equal("0.5·log p₊(F) + 1·mean log p₊(M₊) + 1.5·mean log p₋(M₋)", manifest.Training.Objective);
    }

    [Theory]
    [InlineData(10, DeviceType.CPU, false)]
    [InlineData(1200, DeviceType.CPU, true)]
    [InlineData(1200, DeviceType.CUDA, false)]
    public void Pairs_of_large_targets_take_all_processors(int width, DeviceType device, bool all)
    {
        using var scope = NewDisposeScope();
        using var network = Wide();
        using var target = TargetModel.FromNetwork(network, Wide, new([width], width));

        Assert.Equal(all ? Environment.ProcessorCount : 1, PairConstruction.BestThreads(target, new(device, 0)));

        Network Wide() => new(new Mlp([width]), nn.Sequential(("0", nn.Linear(width, width))), OutputForm.Raw);
    }

    [Theory]
    [MemberData(nameof(TasksAndSchedules))]
    public void Pairs_with_a_given_threshold_differ_in_nothing_else(string task, Schedule schedule)
    {
        var (low, high) = (Given(0.2), Given(0.8));
        var chosen = Given(null);

        Assert.Equal((0.2, 0.8), (low.Manifest.Threshold, high.Manifest.Threshold));
        Assert.Equal(low.Fingerprint.Values, high.Fingerprint.Values);
        Assert.Equal(low.Manifest.HeldOut.Members, high.Manifest.HeldOut.Members);
        Assert.Equal(low.Fingerprint.Values, chosen.Fingerprint.Values);
        Assert.Equal(low.Manifest.HeldOut.Members, chosen.Manifest.HeldOut.Members);

        FingerprintPair Given(double? threshold) => ensembles.Of(task).Construct(Few with { Schedule = schedule, Threshold = threshold });
    }

    [Theory]
    [InlineData("regression", Schedule.Batched, 1)]
    [InlineData("regression", Schedule.Paper, 1)]
    [InlineData("classification", Schedule.Batched, 1)]
    [InlineData("regression", Schedule.Batched, 400)]
    public void One_example_works_and_so_do_more_than_the_owner_has(string task, Schedule schedule, int examples)
    {
        var pair = ensembles.Of(task).Construct(new(examples, schedule, Iterations: 3));

        Assert.Equal(examples, pair.Fingerprint.Count);
        Assert.Equal(task == "classification" ? AnswerScale.Logarithmic : null, pair.Manifest.Output.Scale);
        Assert.All(pair.Manifest.HeldOut.Members, member => Assert.InRange(member.MatchingRate, 0, 1));
    }

    [Theory]
    [InlineData(Schedule.Batched)]
    [InlineData(Schedule.Paper)]
    public void It_stops_when_told_to(Schedule schedule)
    {
        using var source = new CancellationTokenSource();
        var steps = 0;

        Assert.ThrowsAny<OperationCanceledException>(() => regression.Construct(
            Few with { Schedule = schedule },
            progress =>
            {
                steps = progress.Done;
                if (steps == 4)
                {
                    source.Cancel();
                }
            },
            cancellation: source));

        Assert.Equal(4, steps);
    }

    [Fact]
    public void A_member_that_is_not_built_is_an_error_that_counts()
    {
        var folder = regression.Unbuilt(regression.Plan with { Seed = 77 });

        var error = Assert.Throws<UtafException>(() => regression.Construct(Few, folder: folder)).Diagnostic;

        Assert.Equal("UTAF1406", error.Code);
        Assert.Contains($"0 of {folder.Plan.Members.Count}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_ensemble_too_small_to_be_split_is_an_error()
    {
        var members = regression.Plan.Members.Where(member => member.Parent is null).ToList();
        var folder = regression.BuildWith(regression.Plan with { Members = [.. members.Where(member => member.Stolen).Take(2), .. members.Where(member => !member.Stolen).Take(2)] });

        Assert.Equal("UTAF1405", Fixtures.CodeOf(() => regression.Construct(Few, folder: folder)));
    }

    public static TheoryData<ConstructionOptions> BadOptions() =>
    [
        new ConstructionOptions(Examples: 0),
        new ConstructionOptions(Examples: 100_001),
        new ConstructionOptions(Iterations: 0),
        new ConstructionOptions(Patience: 0),
        new ConstructionOptions(InputLearningRate: 0),
        new ConstructionOptions(InputLearningRate: double.NaN),
        new ConstructionOptions(VerifierLearningRate: -1),
        new ConstructionOptions(VerifierLearningRate: double.PositiveInfinity),
        new ConstructionOptions(Threshold: 0),
        new ConstructionOptions(Threshold: 1),
        new ConstructionOptions(Threshold: double.NaN),
        new ConstructionOptions(Weights: new(0, 1, 1)),
        new ConstructionOptions(Weights: new(1, double.NaN, 1)),
        new ConstructionOptions(Weights: new(1, 1, 2e6)),
        new ConstructionOptions(Fractions: new(0, 0.5)),
        new ConstructionOptions(Fractions: new(0.5, 1)),
        new ConstructionOptions(Schedule: (Schedule)7),
    ];

    [Theory]
    [MemberData(nameof(BadOptions))]
    public void A_number_outside_its_range_is_refused(ConstructionOptions options) =>
        Assert.Equal("UTAF1001", Fixtures.CodeOf(() => regression.Construct(options)));

    [Theory]
    [InlineData("regression", Schedule.Batched, null)]
    [InlineData("regression", Schedule.Batched, 0.5)]
    [InlineData("regression", Schedule.Paper, null)]
    [InlineData("classification", Schedule.Batched, null)]
    [InlineData("classification", Schedule.Batched, 0.5)]
    [InlineData("classification", Schedule.Paper, null)]
    public void Absurd_learning_rates_end_in_an_error_or_in_a_sound_pair(string task, Schedule schedule, double? threshold)
    {
        try
        {
            var pair = ensembles.Of(task).Construct(Few with { Schedule = schedule, InputLearningRate = 99, VerifierLearningRate = 99, Iterations = 60, Threshold = threshold });
            Assert.All(pair.Manifest.HeldOut.Members, member => Assert.InRange(member.MatchingRate, 0, 1));
            Assert.All(pair.Fingerprint.Values, value => Assert.True(float.IsFinite(value)));
        }
        catch (UtafException error)
        {
            Assert.Equal("UTAF1501", error.Diagnostic.Code);
        }
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void An_objective_that_is_not_finite_stops_the_construction(double loss)
    {
        var error = Assert.Throws<UtafException>(() => Learning.Finite(loss, 7)).Diagnostic;

        Assert.Equal("UTAF1501", error.Code);
        Assert.Contains("iteration 7", error.Message, StringComparison.Ordinal);
    }
}
