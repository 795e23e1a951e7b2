using Utaf.Data;
using Utaf.Models;

namespace Utaf.Ensembles;

/// <summary>The data of Stage 1.</summary>
/// <param name="Owner">What the target was trained on, or the like.</param>
/// <param name="Public">Of a similar domain: what thieves and honest competitors have.</param>
/// <param name="Irrelevant">Of other domains, fitted to the target's shape; may be empty: then random rules stand in.</param>
/// <param name="ImageShape">[C, H, W] when the inputs are images, flattened or not; null otherwise.</param>
/// <param name="Notes">What was decided for want of data, to be told to the user.</param>
public sealed record EnsembleData(
    DataTable Owner,
    DataTable Public,
    IReadOnlyList<DataTable> Irrelevant,
    int[]? ImageShape,
    IReadOnlyList<string> Notes)
{
    /// <summary>Fewest examples that can be halved and trained on.</summary>
    private const int FewestExamples = 20;

    /// <summary>[C, H, W] when a generator's samples are images; null otherwise.</summary>
    public int[]? SampleShape { get; init; }

    /// <summary>The discriminator that the target was trained with; null: one is trained against the target.</summary>
    public TorchScriptFile? Discriminator { get; init; }

    /// <summary>Checks the tables and makes up for those that are missing.</summary>
    /// <param name="owner">The owner's data.</param>
    /// <param name="publicData">Data of a similar domain; null: the owner's data is halved.</param>
    /// <param name="irrelevant">Data of other domains, of any shape.</param>
    /// <param name="imageShape">[C, H, W] when flat inputs, or a generator's samples, are images.</param>
    /// <param name="task">What the target was trained to do.</param>
    /// <param name="signature">The target's shapes.</param>
    /// <param name="seed">Decides the halves.</param>
    /// <exception cref="UtafException">UTAF12xx: a table does not fit the task.</exception>
    public static EnsembleData Prepare(
        DataTable owner,
        DataTable? publicData,
        IReadOnlyList<DataTable> irrelevant,
        int[]? imageShape,
        LearningTask task,
        ModelSignature signature,
        ulong seed)
    {
        var notes = new List<string>();
        var sampleShape = task.DrawsInputs ? imageShape : null;
        if (sampleShape is not null && sampleShape.Aggregate(1, (product, size) => product * size) != owner.TargetWidth)
        {
            throw Errors.WrongDataShape(owner.Origin, $"images of {string.Join('×', sampleShape)}", $"{owner.TargetWidth} numbers per sample");
        }

        imageShape = task.DrawsInputs ? null : imageShape;
        imageShape ??= task.DrawsInputs ? null : owner.InputShape is { Length: 3 } shape ? shape : null;
        if (imageShape is not null && imageShape.Aggregate(1, (product, size) => product * size) != owner.ExampleSize)
        {
            throw Errors.WrongDataShape(owner.Origin, $"images of {string.Join('×', imageShape)}", $"{owner.ExampleSize} numbers per example");
        }

        task.Check(owner, signature);
        Require(owner);
        if (publicData is null)
        {
            (owner, publicData) = owner.Split(0.5, seed);
            notes.Add("No public data was given: the owner's data was halved, and one half plays the public data.");
        }
        else
        {
            publicData = publicData.ExampleSize == owner.ExampleSize
                ? publicData.WithInputShape(owner.InputShape)
                : throw Errors.WrongDataShape(publicData.Origin, $"{owner.ExampleSize} numbers per example as in the owner's data", $"{publicData.ExampleSize}");
            task.Check(publicData, signature);
            Require(publicData);
        }

        if (irrelevant.Count == 0)
        {
            notes.Add(task.DrawsInputs
                ? "No irrelevant data was given: the public samples with their numbers in random orders stand in."
                : "No irrelevant data was given: the public inputs with targets of random rules stand in.");
        }

        DataTable[] fitted = [.. irrelevant.Select(foreign => task.DrawsInputs
            ? DataFit.FitSamples(foreign, owner, sampleShape)
            : DataFit.Fit(foreign, owner, imageShape, task, signature))];
        return new(owner, publicData, fitted, imageShape, notes) { SampleShape = sampleShape };
    }

    private static void Require(DataTable table)
    {
        if (table.Count < FewestExamples)
        {
            throw Errors.TooFewExamples(table.Origin, FewestExamples, table.Count);
        }
    }
}
