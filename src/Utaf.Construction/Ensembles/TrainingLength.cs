namespace Utaf.Ensembles;

/// <summary>How long members are trained.</summary>
/// <param name="FromScratch">For independent models.</param>
/// <param name="Students">For distilled ones.</param>
/// <param name="FineTuning">For fine-tuning and partial retraining.</param>
internal sealed record TrainingLength(TrainingSettings FromScratch, TrainingSettings Students, TrainingSettings FineTuning)
{
    /// <summary>The paper's numbers of epochs for its profile; otherwise about as many steps, whatever the amount of data.</summary>
    public static TrainingLength For(string profile, int examples, int? epochs, double learningRate = 1e-3, bool drawsInputs = false, int? studentEpochs = null)
    {
        const int steps = 1400;
        const int batch = 64;
        var perEpoch = (examples + batch - 1) / batch;

        // A GAN's latent vectors are new in each step: it is the steps that count, and passes over few samples do no harm.
        var (most, mostTuning) = drawsInputs ? (steps, steps) : (60, 10);
        var scratch = epochs ?? (profile == "paper" ? 30 : Math.Clamp((steps + perEpoch - 1) / perEpoch, 3, most));
        var tuning = profile == "paper" ? 10 : Math.Clamp((scratch + 2) / 3, 2, mostTuning);
        return new(new(scratch, LearningRate: learningRate), new(studentEpochs ?? scratch), new(tuning, LearningRate: learningRate));
    }

    /// <summary>The same where students draw their inputs: with as many epochs at least as take <see cref="DrawnImitation.FewestInputs"/>.</summary>
    /// <param name="examples">How many examples make an epoch: the public ones.</param>
    public TrainingLength WithDrawnInputs(int examples)
    {
        var drawn = (long)TrainingEffort.StepsPerEpoch(examples, Students.BatchSize) * Students.BatchSize;
        var fewest = (int)((DrawnImitation.FewestInputs + drawn - 1) / drawn);
        return this with { Students = Students with { Epochs = Math.Max(Students.Epochs, fewest) } };
    }
}
