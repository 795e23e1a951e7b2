using Utaf.Data;
using Utaf.Fingerprints;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Models;

/// <summary>
/// What a model was trained to do: all that Stages 1 and 2 need to know of it. Nothing else in them looks at targets.
/// </summary>
public abstract class LearningTask
{
    /// <summary>From so many answers on, a model's own mean and deviation over them say more of it than of the draw.</summary>
    protected const int FewestToStandardise = 5;

    /// <summary>The name in configuration and manifests.</summary>
    public abstract string Name { get; }

    /// <summary>What the meta-verifier is given.</summary>
    public abstract OutputSpace OutputSpace { get; }

    /// <summary>The tasks by name.</summary>
    /// <exception cref="UtafException">UTAF1001: no such task.</exception>
    public static LearningTask Parse(string name) => name switch
    {
        "classification" => new Classification(),
        "regression" => new Regression(),
        "generation" => new Generation(),
        "embedding" => new Embedding(),
        "ranking" => new Ranking(),
        _ => throw Errors.BadOption("--task", name, "classification, regression, generation, embedding or ranking"),
    };

    /// <summary>What the meta-verifier reads of answers where the paper's schedule is not asked for; null: the answers as they are.</summary>
    /// <param name="width">d_out, numbers per answer.</param>
    /// <param name="examples">N.</param>
    public virtual AnswerReading? Reading(int width, int examples) => null;

    /// <summary>Whether inputs are drawn at random, as a generator's latent vectors are, and the data has none of its own.</summary>
    public virtual bool DrawsInputs => false;

    /// <summary>Whether outputs are features, for which the data names no targets.</summary>
    public virtual bool LearnsFeatures => false;

    /// <summary>Whether the loss is one of pairs of examples within a batch, which are of one query.</summary>
    public virtual bool LearnsPairs => false;

    /// <summary>Whether <see cref="OutputScale"/> is read from the target's outputs, and not from the data alone.</summary>
    public virtual bool ScaleIsTheTargets => false;

    /// <summary>Whether the data's targets are outputs that a perfect model would give, so that a student can learn a mixture of both.</summary>
    public virtual bool TargetsAreOutputs => false;

    /// <summary>Adam's learning rate for training by the task's own loss, above 0.</summary>
    public virtual double LearningRate => 1e-3;

    /// <summary>Checks that the data can train a model of this signature.</summary>
    /// <exception cref="UtafException">UTAF1204 to UTAF1206.</exception>
    public abstract void Check(DataTable data, ModelSignature signature);

    /// <summary>Tells the form of the target's outputs from the outputs on the owner's data, [N, out].</summary>
    public abstract OutputForm Recognise(Tensor outputs);

    /// <summary>The targets of a table as the loss wants them.</summary>
    public abstract Tensor Targets(DataTable data);

    /// <summary>The supervised loss of each example, [N]: what is minimised is its mean.</summary>
    /// <param name="outputs">[N, out], of the given form.</param>
    /// <param name="targets">As <see cref="Targets"/> makes them.</param>
    /// <param name="form">What the outputs mean.</param>
    public abstract Tensor Losses(Tensor outputs, Tensor targets, OutputForm form);

    /// <summary>The loss of a student that imitates a teacher, of each example, [N].</summary>
    /// <param name="student">[N, out].</param>
    /// <param name="studentForm">What the student's outputs mean.</param>
    /// <param name="teacher">[N, out].</param>
    /// <param name="teacherForm">What the teacher's outputs mean.</param>
    /// <param name="temperature">Hinton's temperature, or 0 for labels alone; tasks without classes have no use for it.</param>
    public abstract Tensor DistillationLosses(Tensor student, OutputForm studentForm, Tensor teacher, OutputForm teacherForm, double temperature);

    /// <summary>The outputs as an API would serve them, [N, out]: what the meta-verifier reads.</summary>
    public abstract Tensor Product(Tensor outputs, OutputForm form);

    /// <summary>Whether <see cref="Product"/> leaves outputs of a form as they are.</summary>
    public abstract bool ServesAsIs(OutputForm form);

    /// <summary>Moves made-up products to the nearest ones that a model could give, [N, out].</summary>
    public abstract Tensor Sound(Tensor products);

    /// <summary>Whether answers that fade to a constant speak of a damaged copy. A weak but honest classifier's fade as well.</summary>
    public abstract bool FadedAnswersAreDamage { get; }

    /// <summary>The part of the meta-verifier's loss that answers of unrelated models have: the more made-up copies weigh, the more these must.</summary>
    public virtual double UnrelatedWeight => 0.3;

    /// <summary>
    /// Answers part of the way to the target's, and off them as honest models are off each other, are those of a copy; null where
    /// they are not. Features of models that were trained apart share no axes, and scorers that order well all but agree: there
    /// it was not tried.
    /// </summary>
    public virtual RelearnedCopies? Relearned => new(0.4, 16, 0.5);

    /// <summary>Whether the profile <c>paper</c> has copies that are shrunk, perturbed and trained again, to be learned from alone: where it was tried.</summary>
    public virtual bool HasPerturbedCopies => false;

    /// <summary>Takes products to the scale on which two models' are mixed, [N, out].</summary>
    public virtual Tensor ToMix(Tensor products) => products.alias();

    /// <summary>Takes a mixture back to products that a model could give, [N, out].</summary>
    public virtual Tensor FromMix(Tensor mixture) => Sound(mixture);

    /// <summary>Whether <see cref="OtherwiseSure"/> changes anything.</summary>
    public virtual bool VariesInSureness => false;

    /// <summary>The products of the same models, had they been trained to be more or less sure of themselves.</summary>
    /// <param name="products">[K, N, out].</param>
    /// <returns>[K, N, out].</returns>
    public abstract Tensor OtherwiseSure(Tensor products);

    /// <summary>The scale of the outputs that networks from scratch have built in: (mean, deviation), each [out].</summary>
    public abstract (float[] Mean, float[] Deviation) OutputScale(DataTable owner, TargetModel target);

    /// <summary>The same inputs with another meaning: targets of a random rule. Makes irrelevant data where none is given.</summary>
    public abstract DataTable Irrelevant(DataTable data, ModelSignature signature, SeededRandom random);

    /// <summary>Makes foreign targets fit: class numbers modulo the classes, values to the owner's range.</summary>
    public abstract DataTable FitTargets(DataTable foreign, DataTable owner, ModelSignature signature);

    /// <summary>How good a model is at the task, for people: accuracy, or R².</summary>
    /// <param name="outputs">[N, out].</param>
    /// <param name="targets">As <see cref="Targets"/> makes them.</param>
    /// <param name="form">What the outputs mean.</param>
    public abstract double Utility(Tensor outputs, Tensor targets, OutputForm form);
}
