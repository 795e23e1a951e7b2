using System.Text.Json.Serialization;
using Utaf.Ensembles.Obfuscations;
using Utaf.Models;

namespace Utaf.Ensembles;

/// <summary>How one member of the ensemble is made. A plan is a list of these with nothing else in it. Adding one is a file and a line here.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "recipe")]
[JsonDerivedType(typeof(WeightPruning), "weight-pruning")]
[JsonDerivedType(typeof(FilterPruning), "filter-pruning")]
[JsonDerivedType(typeof(FineTuning), "fine-tuning")]
[JsonDerivedType(typeof(Retraining), "retraining")]
[JsonDerivedType(typeof(ShrinkPerturb), "shrink-perturb")]
[JsonDerivedType(typeof(Distillation), "distillation")]
[JsonDerivedType(typeof(IndependentTraining), "independent-training")]
[JsonDerivedType(typeof(ListedModel), "listed-model")]
public abstract record Recipe
{
    /// <summary>A name that says the recipe and its parameters.</summary>
    [JsonIgnore]
    public abstract string Id { get; }

    /// <summary>The kind of obfuscation or of independent model, under which results are reported.</summary>
    [JsonIgnore]
    public abstract string Family { get; }

    /// <summary>What its training costs; null where nothing is trained.</summary>
    [JsonIgnore]
    public abstract TrainingEffort? Effort { get; }

    /// <summary>Whether what is made of the target in this way is only learned from (<see cref="EnsemblePlan.IsForTrainingAlone"/>).</summary>
    [JsonIgnore]
    public virtual bool ForTrainingAlone => false;

    /// <summary>The architecture of the member that comes out.</summary>
    /// <param name="parent">The architecture of the model it starts from.</param>
    public abstract Architecture ArchitectureAfter(Architecture parent);

    /// <summary>Whether perceptrons learn by this together with others of their shape: what <see cref="Lesson.CanBeStacked"/> will be, before the lesson is there.</summary>
    /// <param name="task">What the target was trained to do.</param>
    public virtual bool LearnsInStacks(LearningTask task) => !task.DrawsInputs && !task.LearnsPairs;

    /// <summary>Makes the member up to its training, which is left to whoever asked.</summary>
    public abstract MemberDraft Prepare(MemberContext context);

    /// <summary>Makes the member by itself.</summary>
    /// <exception cref="UtafException">UTAF1403: a loss is not finite.</exception>
    public Network Build(MemberContext context)
    {
        var draft = Prepare(context);
        using var training = draft.Training;
        if (training is not null)
        {
            Trainer.Train(draft.Network, training, context.Workshop.Task, context.MemberId, context.CancellationToken);
        }

        return draft.Network;
    }
}

/// <summary>What a thief does to a stolen model so that it is not recognised.</summary>
public abstract record Obfuscation : Recipe
{
    /// <inheritdoc/>
    public override Architecture ArchitectureAfter(Architecture parent) => parent;

    /// <inheritdoc/>
    public override MemberDraft Prepare(MemberContext context)
    {
        var stolen = context.Parent();
        try
        {
            return Apply(stolen, context);
        }
        catch
        {
            stolen.Dispose();
            throw;
        }
    }

    /// <summary>Changes the stolen model, or makes another from it, up to the training.</summary>
    /// <param name="stolen">A copy of the target or of another member; owned by the obfuscation.</param>
    /// <param name="context">Data, random numbers and limits of this member.</param>
    protected abstract MemberDraft Apply(Network stolen, MemberContext context);
}
