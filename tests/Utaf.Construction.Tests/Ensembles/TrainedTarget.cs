using Utaf.Data;
using Utaf.Models;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Tests;

/// <summary>A perceptron of one hidden layer that was trained honestly on the owner's data, as the target of an ensemble.</summary>
internal sealed class TrainedTarget : IDisposable
{
    public TrainedTarget(LearningTask task, DataTable owner, DataTable open, int hidden, int outputs, int epochs = 40)
    {
        var signature = new ModelSignature(owner.InputShape, outputs);
        Data = EnsembleData.Prepare(owner, open, [], null, task, signature, seed: 5);
        using var network = Fresh();
        Initialisation.ResetAll(network, new SeededRandom(77, "target"));
        using (var start = TargetModel.FromNetwork(network, Fresh, signature))
        using (var workshop = new Workshop(start, task, Data, CPU))
        using (var training = new MemberTraining(network.Parameters, workshop.Owner, OwnsData: false, workshop.HonestLesson(network, workshop.Owner), new(epochs, LearningRate: 3e-3), [], new SeededRandom(77, "training")))
        {
            Trainer.Train(network, training, task, "target", CancellationToken.None);
        }

        Target = TargetModel.FromNetwork(network, Fresh, signature);
        Workshop = new Workshop(Target, task, Data, CPU);

        Network Fresh() => new(
            new Mlp([hidden]),
            nn.Sequential(("0", nn.Linear(owner.ExampleSize, hidden)), ("1", nn.ReLU()), ("2", nn.Linear(hidden, outputs))),
            OutputForm.Raw);
    }

    public TargetModel Target { get; }

    public EnsembleData Data { get; }

    public Workshop Workshop { get; }

    public Network Build(Recipe recipe, string id = "member") =>
        recipe.Build(new(id, Workshop, Target.Copy, new SeededRandom(5, id), TestContext.Current.CancellationToken));

    public Tensor Outputs(Network network) => Evaluation.Outputs(network, Workshop.Public.Inputs);

    public void Dispose()
    {
        Workshop.Dispose();
        Target.Dispose();
    }
}
