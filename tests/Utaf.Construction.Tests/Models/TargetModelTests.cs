using TorchSharp;
using Utaf.Data;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Models.Tests;

[Collection(TorchSession.Name)]
public sealed class TargetModelTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly string folder = Directory.CreateTempSubdirectory("utaf-models-").FullName;

    [Theory]
    [InlineData("mlp-scripted.pt")]
    [InlineData("mlp-traced.pt")]
    [InlineData("mlp-squeezed.pt")]
    public void A_regressor_gives_the_outputs_and_gradients_that_PyTorch_computed(string file)
    {
        var vectors = Fixtures.Vectors("mlp");
        using var target = Mlp(file);
        using var network = target.Copy();
        var inputs = Fixtures.Tensor(vectors.GetProperty("inputs")).requires_grad_();

        var outputs = network.Forward(inputs);
        outputs.sum().backward();

        Fixtures.Near(Fixtures.Numbers(vectors.GetProperty("outputs")), outputs);
        Fixtures.Near(Fixtures.Numbers(vectors.GetProperty("inputGradientOfSummedOutput")), inputs.grad!);
        Assert.Equal(vectors.GetProperty("parameters").GetArrayLength(), network.Parameters.Count);
        foreach (var (expected, found) in vectors.GetProperty("parameters").EnumerateArray().Zip(network.Parameters))
        {
            Assert.Equal(expected.GetProperty("name").GetString(), found.Name);
            Assert.Equal(Fixtures.Numbers(expected.GetProperty("shape")).Select(size => (long)size), found.Tensor.shape);
            Fixtures.Near([expected.GetProperty("sum").GetSingle()], found.Tensor.sum(), 1e-4);
            Fixtures.Near([expected.GetProperty("gradientSum").GetSingle()], found.Tensor.grad!.sum(), 1e-4);
        }
    }

    [Theory]
    [InlineData("cnn-scripted.pt")]
    [InlineData("cnn-traced.pt")]
    public void A_convolutional_network_gives_the_outputs_and_gradients_that_PyTorch_computed(string file)
    {
        var vectors = Fixtures.Vectors("cnn");
        using var target = Cnn(file);
        var inputs = Fixtures.Tensor(vectors.GetProperty("inputs")).requires_grad_();

        var outputs = target.Network.Forward(inputs);
        outputs.sum().backward();

        Fixtures.Near(Fixtures.Numbers(vectors.GetProperty("outputs")), outputs);
        Fixtures.Near(Fixtures.Numbers(vectors.GetProperty("inputGradientOfSummedOutput")), inputs.grad!);
        Assert.All(target.Network.Parameters, parameter => Assert.False(parameter.Tensor.requires_grad));
        Assert.Equal(6, target.Network.Buffers.Count);
    }

    [Theory]
    [InlineData("classifier-logits.pt", "logits", OutputForm.Logits)]
    [InlineData("classifier-probabilities.pt", "probabilities", OutputForm.Probabilities)]
    [InlineData("classifier-logprobabilities.pt", "logProbabilities", OutputForm.LogProbabilities)]
    public void A_classifiers_form_is_recognised_and_its_product_is_probabilities(string file, string outputs, OutputForm form)
    {
        var vectors = Fixtures.Vectors("classifier");
        var task = new Classification();
        using var target = TargetModel.Load(Fixtures.PathOf(file), task, Fixtures.Table(vectors.GetProperty("inputs")));

        var found = target.Network.Forward(Fixtures.Tensor(vectors.GetProperty("inputs")));

        Assert.Equal((form, 3, 131L), (target.Form, target.Signature.OutputWidth, target.ParameterCount));
        Fixtures.Near(Fixtures.Numbers(vectors.GetProperty(outputs)), found);
        Fixtures.Near(Fixtures.Numbers(vectors.GetProperty("probabilities")), task.Product(found, target.Form));
    }

    [Theory]
    [InlineData("mlp-scripted.pt", "output.weight", "output.bias")]
    [InlineData("mlp-traced.pt", "output.weight", "output.bias")]
    public void The_last_layer_is_found(string file, string weight, string bias)
    {
        using var target = Mlp(file);

        Assert.Equal([weight, bias], Layers.Last(target.Network, 1).Select(parameter => parameter.Name));
    }

    [Fact]
    public void The_last_layer_of_a_convolutional_network_is_the_one_after_the_pooling()
    {
        using var target = Cnn("cnn-scripted.pt");

        // conv1 has four filters, as many as there are classes: the later layer counts.
        Assert.Equal(["fc.weight", "fc.bias"], Layers.Last(target.Network, 4).Select(parameter => parameter.Name));
    }

    [Fact]
    public void The_last_layer_can_be_named()
    {
        using var target = TargetModel.Load(Fixtures.PathOf("mlp-scripted.pt"), new Regression(), MlpTable(), "hidden");

        Assert.Equal(["hidden.weight", "hidden.bias"], Layers.Last(target.Network, 1).Select(parameter => parameter.Name));
    }

    [Fact]
    public void A_named_last_layer_that_is_not_there_is_an_error_that_lists_the_layers()
    {
        var error = Assert.Throws<UtafException>(() => TargetModel.Load(Fixtures.PathOf("mlp-scripted.pt"), new Regression(), MlpTable(), "head")).Diagnostic;

        Assert.Equal("UTAF1109", error.Code);
        Assert.Contains("hidden, output", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_batch_norm_after_a_convolution_is_found()
    {
        using var target = Cnn("cnn-scripted.pt");
        var kernels = target.Network.Parameters.Where(parameter => parameter.Tensor.dim() == 4).ToList();

        Assert.Equal(["bn1.weight", "bn1.bias"], Layers.NormAfter(target.Network, kernels[0]).Select(parameter => parameter.Name));
        Assert.Equal(["bn2.weight", "bn2.bias"], Layers.NormAfter(target.Network, kernels[1]).Select(parameter => parameter.Name));
    }

    [Theory]
    [InlineData("cnn-scripted.pt")]
    [InlineData("cnn-traced.pt")]
    public void A_copy_has_the_same_weights_and_is_independent(string file)
    {
        using var target = Cnn(file);
        var before = target.Network.WeightsSha256();
        using var copy = target.Copy();
        Assert.Equal(before, copy.WeightsSha256());

        using (no_grad())
        {
            foreach (var tensor in copy.Parameters.Concat(copy.Buffers))
            {
                tensor.Tensor.zero_();
            }
        }

        Assert.Equal(before, target.Network.WeightsSha256());
        Assert.NotEqual(before, copy.WeightsSha256());
        Assert.Equal(0, copy.Forward(zeros(1, 1, 8, 8)).abs().sum().ToSingle());
    }

    [Theory]
    [InlineData("mlp-scripted.pt")]
    [InlineData("mlp-traced.pt")]
    [InlineData("cnn-scripted.pt")]
    [InlineData("cnn-traced.pt")]
    public void A_saved_model_loads_again_with_the_same_outputs(string file)
    {
        using var target = file.StartsWith("mlp", StringComparison.Ordinal) ? Mlp(file) : Cnn(file);
        using var changed = target.Copy();
        using (no_grad())
        {
            changed.Parameters[0].Tensor.mul_(0.5);
        }

        var path = Path.Combine(folder, "saved.pt");
        changed.SaveTorchScript(path);

        var saved = TorchScriptFile.Open(path);
        using var module = saved.Load();
        var inputs = Fixtures.Tensor(Fixtures.Vectors(file[..3]).GetProperty("inputs"));
        Fixtures.Near(changed.Forward(inputs).data<float>().ToArray(), saved.Run(module, inputs), 0);
        Assert.Equal(["saved.pt"], Directory.GetFiles(folder).Select(Path.GetFileName));
    }

    [Fact]
    public void A_saved_scripted_model_still_has_both_modes()
    {
        using var target = Cnn("cnn-scripted.pt");
        using var copy = target.Copy();
        copy.TrainingMode();
        var path = Path.Combine(folder, "saved.pt");
        copy.SaveTorchScript(path);

        using var network = new Network(new TargetArchitecture(), TorchScriptFile.Open(path).Load(), OutputForm.Logits, null);
        var inputs = Fixtures.Tensor(Fixtures.Vectors("cnn").GetProperty("inputs"));
        Fixtures.Near(Fixtures.Numbers(Fixtures.Vectors("cnn").GetProperty("outputs")), network.Forward(inputs));
        network.TrainingMode();
        Assert.NotEqual(Fixtures.Numbers(Fixtures.Vectors("cnn").GetProperty("outputs"))[0], network.Forward(inputs).data<float>()[0], 1e-4);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_an_error_and_leaves_nothing()
    {
        using var target = Mlp("mlp-scripted.pt");
        var file = Path.Combine(folder, "file");
        File.WriteAllText(file, "");

        Assert.Equal("UTAF1309", Fixtures.CodeOf(() => target.Network.SaveTorchScript(Path.Combine(file, "saved.pt"))));
        Assert.Equal("UTAF1309", Fixtures.CodeOf(() => target.Network.SaveTorchScript(Path.Combine(folder, "missing", "saved.pt"))));
        Assert.Equal(["file"], Directory.GetFileSystemEntries(folder).Select(Path.GetFileName));
    }

    [Fact]
    public void A_model_that_is_made_within_a_dispose_scope_lives_on_after_it()
    {
        TargetModel target;
        Network copy;
        using (NewDisposeScope())
        {
            target = Mlp("mlp-scripted.pt");
            copy = target.Copy();
        }

        Assert.Equal(target.Network.WeightsSha256(), copy.WeightsSha256());
        copy.Dispose();
        target.Dispose();
    }

    [Fact]
    public void A_frozen_model_cannot_be_a_target() =>
        Assert.Equal("UTAF1108", Fixtures.CodeOf(() => Mlp("frozen.pt")));

    [Fact]
    public void A_model_that_returns_NaN_is_refused() => Assert.Equal("UTAF1403", Fixtures.CodeOf(() => Mlp("nan.pt")));

    [Theory]
    [InlineData("double-input.pt")]
    [InlineData("int-input.pt")]
    [InlineData("two-inputs.pt")]
    [InlineData("classifier-logits.pt")]
    public void A_model_that_does_not_take_the_owners_inputs_is_refused(string file) =>
        Assert.Equal("UTAF1106", Fixtures.CodeOf(() => Mlp(file)));

    [Theory]
    [InlineData("two-outputs.pt")]
    [InlineData("dict-output.pt")]
    public void A_model_without_one_output_tensor_is_refused(string file) =>
        Assert.Equal("UTAF1107", Fixtures.CodeOf(() => Mlp(file)));

    public void Dispose()
    {
        scope.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static DataTable MlpTable() => Fixtures.Table(Fixtures.Vectors("mlp").GetProperty("inputs"));

    private static TargetModel Mlp(string file) => TargetModel.Load(Fixtures.PathOf(file), new Regression(), MlpTable());

    private static TargetModel Cnn(string file) =>
        TargetModel.Load(Fixtures.PathOf(file), new Classification(), Fixtures.Table(Fixtures.Vectors("cnn").GetProperty("inputs")));
}
