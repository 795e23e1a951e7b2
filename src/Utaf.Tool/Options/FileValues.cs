using System.Globalization;
using Utaf.Configuration;

namespace Utaf.Tool.Options;

/// <summary>Which key of <c>utaf.json</c> stands for which option.</summary>
internal static class FileValues
{
    private static readonly Dictionary<string, Func<UtafConfiguration, ModelSettings?, IEnumerable<string?>>> Keys = new()
    {
        // The model that is meant.
        ["--name"] = (_, model) => [model?.Name],
        ["--version"] = (_, model) => [model?.Version],
        ["--task"] = (_, model) => [model?.Task],
        ["--input-shape"] = (_, model) => [Joined(model?.Input.Shape)],
        ["--image-shape"] = (_, model) => [Joined(model?.Input.ImageShape)],
        ["--last-layer"] = (_, model) => [model?.LastLayer],
        ["--discriminator"] = (_, model) => [model?.Discriminator],

        // Its data.
        ["--data"] = (_, model) => [model?.Data.Path],
        ["--public"] = (_, model) => [model?.Data.Public],
        ["--irrelevant"] = (_, model) => model?.Data.Irrelevant ?? [],
        ["--label"] = (_, model) => [model?.Data.Label],
        ["--label-file"] = (_, model) => [model?.Data.LabelFile],
        ["--skip-columns"] = (_, model) => [Text(model?.Data.SkipColumns)],
        ["--query-column"] = (_, model) => [model?.Data.QueryColumn],
        ["--header"] = (_, model) => [model?.Data.Header?.ToString()],
        ["--delimiter"] = (_, model) => [model?.Data.Delimiter],
        ["--label-scale"] = (_, model) => [Text(model?.Data.LabelScale)],
        ["--scale"] = (_, model) => [Text(model?.Data.Scale)],
        ["--arrays"] = (_, model) => [model?.Data.Arrays],

        // Stage 1.
        ["--profile"] = (file, _) => [file.Ensemble.Profile],
        ["--architectures"] = (file, _) => [file.Ensemble.Architectures.Count == 0 ? null : string.Join(',', file.Ensemble.Architectures)],
        ["--epochs"] = (file, _) => [Text(file.Ensemble.Epochs)],
        ["--distillation"] = (file, _) => [file.Ensemble.Distillation],
        ["--negatives"] = (file, _) => file.Ensemble.Negatives,
        ["--ensemble"] = (file, _) => [file.Ensemble.Folder],

        // Stage 2.
        ["--examples"] = (file, _) => [Text(file.Fingerprint.Examples)],
        ["--schedule"] = (file, _) => [file.Fingerprint.Schedule],
        ["--iterations"] = (file, _) => [Text(file.Fingerprint.Iterations)],
        ["--input-learning-rate"] = (file, _) => [Text(file.Fingerprint.InputLearningRate)],
        ["--verifier-learning-rate"] = (file, _) => [Text(file.Fingerprint.VerifierLearningRate)],
        ["--weights"] = (file, _) => [Joined(file.Fingerprint.Weights)],
        ["--precision"] = (file, _) => [file.Fingerprint.Precision],
        ["--threshold"] = (file, _) => [Text(file.Fingerprint.Threshold)],
        ["--test-fraction"] = (file, _) => [Text(file.Fingerprint.TestFraction)],
        ["--validation-fraction"] = (file, _) => [Text(file.Fingerprint.ValidationFraction)],
        ["--seed"] = (file, _) => [Text(file.Fingerprint.Seed)],

        // Verification.
        ["--store"] = (file, _) => [file.Store.Address],
        ["--encryption-key"] = (file, _) => [file.Store.EncryptionKey?.ToString()],
        ["--significance"] = (file, _) => [Text(file.Verification.Significance)],
        ["--evidence"] = (file, _) => [file.Verification.Evidence],
        ["--report"] = (file, _) => file.Reports.Formats,
        ["--report-folder"] = (file, _) => [file.Reports.Folder],
        ["--open-issue"] = (file, _) => [file.GitHub.Repository],
    };

    /// <summary>The option's values in the file, as the command line would have them; none if the file does not say.</summary>
    /// <param name="option">Its name, such as <c>--store</c>.</param>
    /// <param name="configuration">The file.</param>
    /// <param name="model">The model that is meant; null if the file does not describe it.</param>
    public static IEnumerable<string> Of(string option, UtafConfiguration configuration, ModelSettings? model) =>
        Keys.TryGetValue(option, out var read) ? read(configuration, model).OfType<string>() : [];

    private static string? Text<T>(T? number)
        where T : struct, IFormattable => number?.ToString(null, CultureInfo.InvariantCulture);

    private static string? Joined<T>(IReadOnlyList<T>? numbers)
        where T : struct, IFormattable => numbers is null ? null : string.Join(',', numbers.Select(number => Text<T>(number)));
}
