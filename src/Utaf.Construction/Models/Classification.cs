using TorchSharp;
using Utaf.Data;
using Utaf.Fingerprints;
using Utaf.Torch;
using Utaf.Verification;
using static TorchSharp.torch;

namespace Utaf.Models;

/// <summary>One of several classes per example. A model with one output is a classifier of two classes.</summary>
public sealed class Classification : LearningTask
{
    /// <inheritdoc/>
    public override string Name => "classification";

    /// <inheritdoc/>
    public override OutputSpace OutputSpace => OutputSpace.Probabilities;

    /// <summary>Logarithms, by the model's own mean and deviation where there are answers enough to tell them.</summary>
    /// <inheritdoc/>
    public override AnswerReading Reading(int width, int examples) => new CentredLogarithms(width, examples >= FewestToStandardise);

    /// <inheritdoc/>
    public override void Check(DataTable data, ModelSignature signature)
    {
        if (data.TargetWidth != 1)
        {
            throw Errors.WrongDataShape(data.Origin, "one label column", $"{data.TargetWidth}");
        }

        Labels.RequireClasses(data, Classes(signature));
    }

    /// <inheritdoc/>
    public override OutputForm Recognise(Tensor outputs)
    {
        using var scope = NewDisposeScope();
        var cpu = outputs.detach().to_type(ScalarType.Float32).cpu().contiguous();
        var values = cpu.data<float>().ToArray();
        var rows = values.Chunk((int)cpu.shape[1]).ToArray();
        return OutputReading.Recognise(new SuspectOutputs((int)cpu.shape[1], rows)) switch
        {
            OutputKind.Probabilities => OutputForm.Probabilities,
            OutputKind.LogProbabilities => OutputForm.LogProbabilities,
            _ => OutputForm.Logits,
        };
    }

    /// <inheritdoc/>
    public override Tensor Targets(DataTable data) => tensor(data.Targets.Select(label => (long)label).ToArray());

    /// <inheritdoc/>
    public override Tensor Losses(Tensor outputs, Tensor targets, OutputForm form)
    {
        using var scope = NewDisposeScope();
        var log = nn.functional.log_softmax(Scores(outputs, form), 1);
        return nn.functional.nll_loss(log, targets, reduction: nn.Reduction.None).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Hinton, Vinyals and Dean (2015): T² · KL(teacher at T ‖ student at T). At temperature 0 the student learns the
    /// teacher's labels alone, as from an API that gives no more.
    /// </summary>
    public override Tensor DistillationLosses(Tensor student, OutputForm studentForm, Tensor teacher, OutputForm teacherForm, double temperature)
    {
        using var scope = NewDisposeScope();
        if (temperature == 0)
        {
            return Losses(student, Scores(teacher, teacherForm).argmax(1), studentForm).MoveToOuterDisposeScope();
        }

        var learned = nn.functional.log_softmax(Scores(student, studentForm) / temperature, 1);
        var taught = nn.functional.log_softmax(Scores(teacher, teacherForm) / temperature, 1);
        var divergence = (taught.exp() * (taught - learned)).sum(1);
        return (divergence * (temperature * temperature)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Product(Tensor outputs, OutputForm form) => form switch
    {
        OutputForm.Probabilities => outputs.alias(),
        OutputForm.LogProbabilities => outputs.exp(),
        _ when outputs.shape[1] == 1 => outputs.sigmoid(),
        _ => outputs.softmax(1),
    };

    /// <inheritdoc/>
    public override bool ServesAsIs(OutputForm form) => form == OutputForm.Probabilities;

    /// <inheritdoc/>
    public override Tensor Sound(Tensor products)
    {
        using var scope = NewDisposeScope();
        var within = products.clamp(0, 1);
        return (products.shape[1] == 1 ? within.alias() : within / within.sum(1, keepdim: true).clamp(1e-6)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override bool FadedAnswersAreDamage => false;

    /// <summary>
    /// More of them, nearer to honest models, and with more weight than elsewhere: mixed as logarithms, what a student keeps of
    /// the target shows in all classes. Nearer still, honest models are suspected more often: docs/method.md.
    /// </summary>
    public override RelearnedCopies Relearned => new(0.8, 32, 1);

    /// <inheritdoc/>
    public override bool HasPerturbedCopies => true;

    /// <inheritdoc/>
    public override double UnrelatedWeight => 0.6;

    /// <summary>Logarithms; of a single number its log-odds.</summary>
    /// <inheritdoc/>
    public override Tensor ToMix(Tensor products)
    {
        using var scope = NewDisposeScope();
        var logarithms = Logarithm(products);
        return (products.shape[1] == 1 ? logarithms - Logarithm(1 - products) : logarithms).MoveToOuterDisposeScope();

        static Tensor Logarithm(Tensor probabilities) => (probabilities.clamp_min(0) + CentredLogarithms.Floor).log();
    }

    /// <summary>The probabilities whose logarithms these are up to a constant: the floor is taken off again, or else a mixture would be told by it.</summary>
    /// <inheritdoc/>
    public override Tensor FromMix(Tensor mixture)
    {
        using var scope = NewDisposeScope();
        var classes = Math.Max(2, mixture.shape[1]);
        var raised = mixture.shape[1] == 1 ? mixture.sigmoid() : mixture.softmax(1);
        return ((raised * (1 + (classes * CentredLogarithms.Floor))) - CentredLogarithms.Floor).clamp_min(0).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override bool VariesInSureness => true;

    /// <summary>Probabilities to a power of each model's own, from a half to two: how sure a model is tells how it was trained, not from what.</summary>
    public override Tensor OtherwiseSure(Tensor products)
    {
        using var scope = NewDisposeScope();
        const double smallest = 1e-7;
        var power = (((rand([products.shape[0], 1, 1], device: products.device) * 2) - 1) * Math.Log(2)).exp();
        var scores = products.clamp(smallest, 1 - smallest).log() * power;
        var complement = (1 - products.clamp(smallest, 1 - smallest)).log() * power;
        return (products.shape[2] > 1 ? scores.softmax(2) : (scores - complement).sigmoid()).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override (float[] Mean, float[] Deviation) OutputScale(DataTable owner, TargetModel target) =>
        (new float[target.Signature.OutputWidth], [.. Enumerable.Repeat(1f, target.Signature.OutputWidth)]);

    /// <inheritdoc/>
    public override DataTable Irrelevant(DataTable data, ModelSignature signature, SeededRandom random)
    {
        // A random linear rule per class, on standardised inputs so that no feature decides alone.
        var classes = Classes(signature);
        var scores = RandomRule.Scores(data, classes, random);
        var labels = scores.Chunk(classes).Select(row => (float)Array.IndexOf(row, row.Max())).ToArray();
        return data with { TargetWidth = 1, Targets = labels };
    }

    /// <inheritdoc/>
    public override DataTable FitTargets(DataTable foreign, DataTable owner, ModelSignature signature)
    {
        // The first target column; a foreign label may be any number, below zero too.
        var classes = Classes(signature);
        var labels = foreign.Targets.Chunk(foreign.TargetWidth).Select(row => (long)row[0]);
        return foreign with { TargetWidth = 1, Targets = [.. labels.Select(label => (float)(((label % classes) + classes) % classes))] };
    }

    /// <summary>Accuracy, in [0, 1].</summary>
    public override double Utility(Tensor outputs, Tensor targets, OutputForm form)
    {
        using var scope = NewDisposeScope();
        return Scores(outputs, form).argmax(1).eq(targets).to_type(ScalarType.Float32).mean().ToDouble();
    }

    private static int Classes(ModelSignature signature) => Math.Max(2, signature.OutputWidth);

    /// <summary>Numbers whose softmax is the model's distribution, [N, classes]. Log-probabilities are such numbers too.</summary>
    private static Tensor Scores(Tensor outputs, OutputForm form)
    {
        const double smallest = 1e-12;
        if (outputs.shape[1] > 1)
        {
            return form == OutputForm.Probabilities ? outputs.clamp(smallest).log() : outputs.alias();
        }

        return form switch
        {
            OutputForm.Probabilities => cat([(1 - outputs).clamp(smallest).log(), outputs.clamp(smallest).log()], 1),
            OutputForm.LogProbabilities => cat([(1 - outputs.exp()).clamp(smallest).log(), outputs], 1),
            _ => cat([zeros_like(outputs), outputs], 1),
        };
    }
}
