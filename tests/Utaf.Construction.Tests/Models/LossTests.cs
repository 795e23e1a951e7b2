using TorchSharp;
using Utaf.Data;
using Utaf.Torch;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Models.Tests;

[Collection(TorchSession.Name)]
public sealed class LossTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Hintons_loss_and_its_gradient_are_those_of_PyTorch(int index)
    {
        var vectors = Fixtures.Vectors("distillation");
        var expected = vectors.GetProperty("hinton")[index];
        var student = Fixtures.Tensor(vectors.GetProperty("studentLogits")).requires_grad_();
        var teacher = Fixtures.Tensor(vectors.GetProperty("teacherLogits"));

        var loss = new Classification().DistillationLosses(student, OutputForm.Logits, teacher, OutputForm.Logits, expected.GetProperty("temperature").GetDouble()).mean();
        loss.backward();

        Fixtures.Near([expected.GetProperty("loss").GetSingle()], loss);
        Fixtures.Near(Fixtures.Numbers(expected.GetProperty("studentGradient")), student.grad!, 1e-5);
    }

    [Fact]
    public void A_regressors_distillation_loss_is_the_mean_squared_error()
    {
        var vectors = Fixtures.Vectors("distillation");
        var expected = vectors.GetProperty("meanSquaredError");
        var student = Fixtures.Tensor(vectors.GetProperty("studentLogits")).requires_grad_();

        var loss = new Regression().DistillationLosses(student, OutputForm.Raw, Fixtures.Tensor(vectors.GetProperty("teacherLogits")), OutputForm.Raw, 4).mean();
        loss.backward();

        Fixtures.Near([expected.GetProperty("loss").GetSingle()], loss);
        Fixtures.Near(Fixtures.Numbers(expected.GetProperty("studentGradient")), student.grad!);
    }

    [Fact]
    public void The_three_forms_of_a_classifiers_outputs_have_the_same_losses()
    {
        var vectors = Fixtures.Vectors("classifier");
        var task = new Classification();
        var targets = tensor(new long[] { 0, 1, 2, 0 });
        var student = task.Targets(Table([0, 1, 2, 0]));
        Assert.Equal(targets.data<long>(), student.data<long>());
        var forms = new[] { (OutputForm.Logits, "logits"), (OutputForm.Probabilities, "probabilities"), (OutputForm.LogProbabilities, "logProbabilities") };
        var logits = Fixtures.Tensor(vectors.GetProperty("logits"));

        foreach (var (form, name) in forms)
        {
            var outputs = Fixtures.Tensor(vectors.GetProperty(name));

            Fixtures.Near([nn.functional.cross_entropy(logits, targets).ToSingle()], task.Losses(outputs, targets, form).mean(), 1e-4);
            Assert.Equal(0, task.DistillationLosses(logits, OutputForm.Logits, outputs, form, 4).mean().ToSingle(), 1e-5);
            Assert.Equal(task.Utility(logits, targets, OutputForm.Logits), task.Utility(outputs, targets, form));
        }
    }

    [Fact]
    public void A_probability_of_zero_gives_a_finite_loss_and_gradient()
    {
        var outputs = tensor(new float[] { 0, 1, 1, 0 }, 2, 2).requires_grad_();

        var loss = new Classification().Losses(outputs, tensor(new long[] { 0, 0 }), OutputForm.Probabilities).mean();
        loss.backward();

        Assert.True(float.IsFinite(loss.ToSingle()));
        Assert.True(outputs.grad!.isfinite().all().ToBoolean());
    }

    [Theory]
    [InlineData(OutputForm.Logits)]
    [InlineData(OutputForm.Probabilities)]
    [InlineData(OutputForm.LogProbabilities)]
    public void A_classifier_with_one_output_tells_two_classes_apart(OutputForm form)
    {
        var task = new Classification();
        var logits = tensor(new float[] { -2, 0.5f, 3 }, 3, 1);
        var outputs = form switch
        {
            OutputForm.Probabilities => logits.sigmoid(),
            OutputForm.LogProbabilities => nn.functional.logsigmoid(logits),
            _ => logits,
        };
        var targets = tensor(new long[] { 0, 0, 1 });
        var expected = nn.functional.binary_cross_entropy_with_logits(logits.flatten(), targets.to_type(ScalarType.Float32)).ToSingle();

        Fixtures.Near([expected], task.Losses(outputs, targets, form).mean());
        Fixtures.Near(logits.sigmoid().data<float>().ToArray(), task.Product(outputs, form));
        Assert.Equal(2 / 3.0, task.Utility(outputs, targets, form), 1e-6);
        Assert.Equal(0, task.DistillationLosses(logits, OutputForm.Logits, outputs, form, 2).mean().ToSingle(), 1e-5);
    }

    [Fact]
    public void A_regressors_utility_is_one_when_exact_and_zero_for_the_mean()
    {
        var task = new Regression();
        var targets = tensor(new float[] { 1, 2, 3, 4 }, 4, 1);

        Assert.Equal(1, task.Utility(targets, targets, OutputForm.Raw), 1e-6);
        Assert.Equal(0, task.Utility(full(4, 1, 2.5), targets, OutputForm.Raw), 1e-6);
    }

    [Fact]
    public void Foreign_labels_become_class_numbers_of_the_target()
    {
        var signature = new ModelSignature([1], 3);
        var foreign = new DataTable([1], [1, 2, 3, 4], 2, [-1, 9, 5, 9, 2, 9, 7, 9], "foreign");

        var fitted = new Classification().FitTargets(foreign, Table([0, 1]), signature);

        Assert.Equal(1, fitted.TargetWidth);
        Assert.Equal([2f, 2f, 2f, 1f], fitted.Targets);
    }

    [Fact]
    public void Foreign_quantities_get_the_scale_of_the_owners()
    {
        var owner = new DataTable([1], [0, 0, 0, 0], 2, [10, -1, 20, 1, 10, -1, 20, 1], "owner");
        var foreign = new DataTable([1], [0, 0], 1, [0, 100], "foreign");

        var fitted = new Regression().FitTargets(foreign, owner, new([1], 2));

        Assert.Equal(2, fitted.TargetWidth);
        Assert.Equal([10f, -1f, 20f, 1f], fitted.Targets);
    }

    [Fact]
    public void Random_rules_give_every_class_and_repeat_from_the_seed()
    {
        var task = new Classification();
        var table = new DataTable([5], [.. Enumerable.Range(0, 1000).Select(i => MathF.Sin(i * i))], 1, new float[200], "table");

        var first = task.Irrelevant(table, new([5], 3), new SeededRandom(1, "rule"));
        var second = task.Irrelevant(table, new([5], 3), new SeededRandom(1, "rule"));

        Assert.Equal([0f, 1f, 2f], first.Targets.Distinct().Order());
        Assert.Equal(first.Targets, second.Targets);
        Assert.NotEqual(first.Targets, task.Irrelevant(table, new([5], 3), new SeededRandom(2, "rule")).Targets);
    }

    public void Dispose() => scope.Dispose();

    private static DataTable Table(float[] labels) => new([1], new float[labels.Length], 1, labels, "table");
}
