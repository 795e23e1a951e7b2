using System.CommandLine;
using Utaf.Data;
using Utaf.Ensembles;
using Utaf.Tool.Release;

namespace Utaf.Tool.Options;

/// <summary>The model, its data and its ensemble: what <c>fingerprint</c> and <c>ensemble</c> are told.</summary>
internal sealed class ModelOptions
{
    private readonly Option? onlyWith;
    private readonly ModelArgument model;
    private readonly Option<string?> data = OptionKinds.Text(
        "--data",
        "The owner's data, which the model was trained on or the like: CSV, NPZ, NPY, IDX (each also with .gz) or a folder of images "
            + "by class.",
        "FILE");
    private readonly Option<string?> publicData = OptionKinds.Text(
        "--public",
        "Data of a similar domain, such as a thief or an honest competitor has. Without it the owner's data is halved.",
        "FILE");
    private readonly Option<string[]> irrelevant = OptionKinds.Texts(
        "--irrelevant",
        "Data of other domains, of any shape. Without it random rules label the public data.",
        "FILE");
    private readonly Option<string[]> negatives = OptionKinds.Texts(
        "--negatives",
        "Models known to be independent (TorchScript files), added to the ensemble.",
        "MODEL");
    private readonly Option<string> task = OptionKinds.Word(
        "--task",
        "What the model was trained to do.",
        "classification",
        "classification",
        "regression",
        "generation",
        "embedding",
        "ranking");
    private readonly Option<string?> label = OptionKinds.Text(
        "--label",
        "Tables: the label's column by name or position (0 is the first, -1 the last); several after commas. [default: the last]",
        "NAME|POSITION");
    private readonly Option<string?> labelFile = OptionKinds.Text(
        "--label-file",
        "The file that holds the labels of --data, in any of the formats.",
        "FILE");
    private readonly Option<int?> skipColumns = OptionKinds.Number<int>(
        "--skip-columns",
        "Tables: leading columns to drop, because they only identify the example. [default: 0]",
        "a whole number of at least 0");
    private readonly Option<string?> queryColumn = OptionKinds.Text(
        "--query-column",
        "Ranking: the column of --data and --public that says which query a row is a document of, by name or position.",
        "NAME|POSITION");
    private readonly Option<bool?> header = OptionKinds.Choice(
        "--header",
        "Text tables: whether the first row has names. [default: as it looks]");
    private readonly Option<string?> delimiter = OptionKinds.Text(
        "--delimiter",
        "Text tables: the character between cells, or 'tab'. [default: as it looks]",
        "CHARACTER");
    private readonly Option<double?> labelScale = OptionKinds.Number<double>(
        "--label-scale",
        "Labels are divided by it. [default: 1]",
        "a finite number that is not 0");
    private readonly Option<double?> scale = OptionKinds.Number<double>(
        "--scale",
        "Inputs are divided by it, such as 255 for pixels. [default: 1]",
        "a finite number that is not 0");
    private readonly Option<string?> arrays = OptionKinds.Text(
        "--arrays",
        "NPZ: the names of the arrays of inputs and labels.",
        "INPUTS,LABELS");
    private readonly Option<int[]?> inputShape = OptionKinds.Shape(
        "--input-shape",
        "The shape the model takes one example in, such as 1,28,28; generators: one latent vector. [default: as in the data, or in the "
            + "generator's first layer]");
    private readonly Option<int[]?> imageShape = OptionKinds.Shape(
        "--image-shape",
        "Flat inputs, or a generator's flat samples, are images of this shape, such as 1,8,8: convolutional networks join the ensemble.");
    private readonly Option<string?> lastLayer = OptionKinds.Text(
        "--last-layer",
        "The name of the model's last layer, where it is not found.",
        "NAME");
    private readonly Option<string?> discriminator = OptionKinds.Text(
        "--discriminator",
        "Generators: the discriminator that the model was trained with (a TorchScript file). Without it one is trained against the model.",
        "FILE");
    private readonly Option<string> profile = OptionKinds.Word(
        "--profile",
        "How many models the ensemble has: 24, 70 or 140 (146 for classifiers and regressors, 232 with annealed students of perceptrons).",
        "standard",
        "quick",
        "standard",
        "paper");
    private readonly Option<string?> architectures = OptionKinds.Text(
        "--architectures",
        "Architectures of students and independent models: target, mlp-W[-W[-W]], convnet-C-C[-C], resnet-18, squeezenet-1.0, "
            + "densenet-161, alexnet, vgg-16 (the last five also with filters (w) and layers (d) divided, such as vgg-16-w4-d2); "
            + "generators: dcgan-W, fcgan-K; after commas. [default: those that fit]",
        "NAMES");
    private readonly Option<int?> epochs = OptionKinds.Number<int>(
        "--epochs",
        "Epochs of training from scratch and of distillation; a generator's students see 16384 latent vectors at least. [default: by the amount of data]",
        "a whole number of at least 1");
    private readonly Option<string> distillation = OptionKinds.Word(
        "--distillation",
        "What a regressor's students learn: the model's outputs, or (annealed) its outputs at first and the data's targets at last, as "
            + "Clark et al. (2019).",
        "outputs",
        "outputs",
        "annealed");
    private readonly Option<string?> ensemble = OptionKinds.Text(
        "--ensemble",
        "The ensemble's folder. A stopped run goes on there. [default: .utaf/ensembles/HASH]",
        "FOLDER");

    private readonly Option<string?> members = OptionKinds.Text(
        "--members",
        "Where machines share the ensemble's members: folder:PATH or azblob:…, as for --store. Members that are there are fetched, those "
            + "that are built are put there.",
        "ADDRESS");

    private readonly Option<bool> noPool = new("--no-pool")
    {
        Description = "Builds honest members anew. Without it they are taken from, and kept in, .utaf/ensembles/negatives (and the storage of "
            + "--members): they do not depend on the model, and every version of it can have the same ones.",
    };
    private readonly ConfigurationOption configuration = new();

    /// <summary>The options of a command that always needs a model, or needs it with one option only.</summary>
    /// <param name="onlyWith">That option; null: always.</param>
    public ModelOptions(Option? onlyWith = null)
    {
        this.onlyWith = onlyWith;
        model = new() { OnlyWith = onlyWith };
    }

    private Option[] All =>
    [
        configuration, data, publicData, irrelevant, negatives, task, label, labelFile, skipColumns, queryColumn, header, delimiter, labelScale, scale,
        arrays, inputShape, imageShape, lastLayer, discriminator, profile, architectures, epochs, distillation, ensemble, members, noPool,
    ];

    /// <summary>Gives them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(model);
        foreach (var option in All)
        {
            command.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (onlyWith is not null && result.GetResult(onlyWith) is null)
            {
                if (result.GetResult(model) is { Tokens.Count: > 0 })
                {
                    result.AddError($"MODEL is there without {onlyWith.Name}: give both, or the pair with --pair or --model");
                }
            }
            else if (result.GetValue(data) is null)
            {
                result.AddError("--data is missing: give the owner's data, or describe the model in utaf.json");
            }
        });
    }

    /// <summary>What was chosen.</summary>
    /// <exception cref="UtafException">UTAF1001, UTAF1022.</exception>
    public EnsembleRequest Read(ParseResult parsed, ulong seed) => new(model.Path(parsed), parsed.GetRequiredValue(data)!, seed)
    {
        Public = parsed.GetValue(publicData),
        Irrelevant = parsed.GetValue(irrelevant) ?? [],
        Task = parsed.GetValue(task)!,
        Reading = new DataOptions(
            parsed.GetValue(label),
            parsed.GetValue(skipColumns) ?? 0,
            parsed.GetValue(header),
            Delimiter(parsed),
            parsed.GetValue(labelScale) ?? 1,
            parsed.GetValue(scale) ?? 1,
            parsed.GetValue(arrays),
            QueryColumn: parsed.GetValue(queryColumn)),
        LabelFile = parsed.GetValue(labelFile),
        InputShape = parsed.Given(inputShape),
        ImageShape = ImageShape(parsed),
        LastLayer = parsed.GetValue(lastLayer),
        Discriminator = parsed.GetValue(discriminator),
        Profile = parsed.GetValue(profile)!,
        Ensemble = new EnsembleOptions(parsed.GetValue(architectures), Epochs(parsed), parsed.GetValue(negatives) ?? []) { Annealed = parsed.GetValue(distillation) == "annealed" },
        Folder = parsed.GetValue(ensemble),
        Members = parsed.GetValue(members),
        Pool = !parsed.GetValue(noPool),
    };

    /// <summary>The same again as words of a command line, wherever they came from.</summary>
    public IReadOnlyList<string> Words(ParseResult parsed) =>
    [
        .. parsed.GetValue(model) is { } given ? (string[])[given] : [],
        .. from option in All
           let result = parsed.GetResult(option)
           where result is { Implicit: false }
           from word in result.Tokens.Count == 0 ? [option.Name] : result.Tokens.Select(value => $"{option.Name}={value.Value}")
           select word,
    ];

    private char? Delimiter(ParseResult parsed) => parsed.GetValue(delimiter) switch
    {
        null => null,
        "tab" or "\\t" => '\t',
        [var single] => single,
        var other => throw Errors.BadOption("--delimiter", other, "one character, or 'tab'"),
    };

    private int[]? ImageShape(ParseResult parsed) => parsed.Given(imageShape) switch
    {
        null => null,
        [_, _, _] shape => shape,
        var other => throw Errors.BadOption("--image-shape", string.Join(',', other), "channels, height and width, such as 1,28,28"),
    };

    private int? Epochs(ParseResult parsed) => parsed.GetValue(epochs) switch
    {
        < 1 or > 1_000_000 => throw Errors.BadOption("--epochs", $"{parsed.GetValue(epochs)}", "a whole number from 1 to 1000000"),
        var other => other,
    };
}
