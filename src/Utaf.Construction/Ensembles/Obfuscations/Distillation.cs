using System.Text.Json.Serialization;
using Utaf.Models;

namespace Utaf.Ensembles.Obfuscations;

/// <summary>
/// Teaches a student by the stolen model's outputs on public inputs (Hinton et al. 2015; output regression for regressors), or,
/// where it is a generator, on latent vectors drawn afresh (Aguinaldo et al. 2018).
/// </summary>
/// <param name="Student">The student's architecture.</param>
/// <param name="Training">How long.</param>
/// <param name="Temperature">Softens the classes' probabilities; 0 for labels alone; without meaning for regressors.</param>
/// <param name="Repeat">Tells repetitions with other random numbers apart.</param>
/// <param name="Annealed">Whether what is learned moves from the teacher's outputs to the data's targets (Clark et al. 2019); for regressors.</param>
public sealed record Distillation(
    Architecture Student,
    TrainingSettings Training,
    double Temperature,
    int Repeat,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Annealed = false) : Obfuscation
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Id => $"distillation-{(Annealed ? "annealed-" : "")}{Student.Id}-{Repeat}";

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Family => "distillation";

    /// <inheritdoc/>
    [JsonIgnore]
    public override TrainingEffort? Effort => new("taught by the target", Training, DataSource.Public);

    /// <inheritdoc/>
    public override Architecture ArchitectureAfter(Architecture parent) => Student;

    /// <summary>Students of scorers too: they learn single scores, not pairs.</summary>
    /// <inheritdoc/>
    public override bool LearnsInStacks(LearningTask task) => !task.DrawsInputs;

    /// <inheritdoc/>
    protected override MemberDraft Apply(Network stolen, MemberContext context)
    {
        var workshop = context.Workshop;
        if (workshop.Task.DrawsInputs)
        {
            var imitator = Student.Build(workshop.Architectures, context.Random).To(workshop.Device);
            return new(imitator, new(imitator.Parameters, workshop.Public, OwnsData: false, new DrawnImitation(imitator.Form, stolen), Training, [], context.Random));
        }

        var key = stolen.WeightsSha256();
        var taught = Annealed ? workshop.TeacherOutputsAndTargets(key, stolen) : workshop.TeacherOutputs(key, stolen);
        var student = Student.Build(workshop.Architectures, context.Random).To(workshop.Device);
        Lesson lesson = Annealed ? new AnnealedImitation(student.Form) : new Imitation(student.Form, stolen.Form, Temperature);
        stolen.Dispose();
        return new(student, new(student.Parameters, workshop.Public with { Targets = taught }, OwnsData: false, lesson, Training, [], context.Random));
    }
}
