using Utaf.Fingerprints;
using static TorchSharp.torch;

namespace Utaf.Models;

/// <summary>A task whose outputs are served as they are, and whose models are compared by the mean squared difference of their outputs.</summary>
public abstract class RawOutputTask : LearningTask
{
    /// <inheritdoc/>
    public override OutputSpace OutputSpace => OutputSpace.Raw;

    /// <inheritdoc/>
    public override OutputForm Recognise(Tensor outputs) => OutputForm.Raw;

    /// <inheritdoc/>
    public override Tensor Losses(Tensor outputs, Tensor targets, OutputForm form)
    {
        using var scope = NewDisposeScope();
        return nn.functional.mse_loss(outputs, targets, nn.Reduction.None).mean([1]).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor DistillationLosses(Tensor student, OutputForm studentForm, Tensor teacher, OutputForm teacherForm, double temperature) =>
        Losses(student, teacher, studentForm);

    /// <inheritdoc/>
    public override Tensor Product(Tensor outputs, OutputForm form) => outputs.alias();

    /// <inheritdoc/>
    public override bool ServesAsIs(OutputForm form) => true;

    /// <inheritdoc/>
    public override Tensor Sound(Tensor products) => products.alias();

    /// <inheritdoc/>
    public override bool FadedAnswersAreDamage => true;

    /// <inheritdoc/>
    public override Tensor OtherwiseSure(Tensor products) => products.alias();
}
