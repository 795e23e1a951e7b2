using Utaf.Configuration;
using Utaf.Endpoints.Protocols;
using Utaf.Fingerprints;

namespace Utaf.Endpoints;

/// <summary>The protocols of prediction APIs. A new one is a file in this folder's <c>Protocols</c> and a line here.</summary>
public static class PredictionProtocols
{
    private const string Usual = "open-inference";

    private static readonly string[] SageMaker = ["runtime.sagemaker.", "runtime-fips.sagemaker."];

    private const ProtocolSettings Answers = ProtocolSettings.AnswersAt | ProtocolSettings.Classes | ProtocolSettings.OutputName;

    private static readonly ProtocolEntry[] All =
    [
        new(Usual, ProtocolSettings.InputName | ProtocolSettings.Model | ProtocolSettings.OutputName, setup => new OpenInference(setup)),
        new("tensorflow-serving", ProtocolSettings.InputName | ProtocolSettings.Form | ProtocolSettings.Model | Answers, setup => new TensorFlowServing(setup)),
        new("mlflow", ProtocolSettings.Columns | ProtocolSettings.Form | Answers, setup => new MlflowScoring(setup)),
        new("azure-ml", ProtocolSettings.Columns | ProtocolSettings.Form | Answers, setup => new AzureMl(setup)),
        new("hugging-face", ProtocolSettings.Form | Answers, setup => new HuggingFace(setup)),
        new("openai-embeddings", ProtocolSettings.Form | ProtocolSettings.Model, setup => new OpenAIEmbeddings(setup)),
        new("template", ProtocolSettings.Body | Answers, setup => new Template(setup)),
    ];

    /// <summary>The names that <see cref="SuspectSettings.Protocol"/> may have.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(protocol => protocol.Name)];

    /// <summary>The way to speak to a suspect.</summary>
    /// <param name="settings">The suspect, with its url.</param>
    /// <param name="manifest">The pair's: it says what inputs and outputs are.</param>
    /// <exception cref="UtafException">
    /// UTAF1610 to UTAF1618, UTAF1621 to UTAF1623: the settings are wrong, or do not fit the pair.
    /// </exception>
    /// <exception cref="ArgumentException">The suspect has no url.</exception>
    public static IPredictionProtocol Create(SuspectSettings settings, PairManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(manifest);
        if (settings.Url is not { } url)
        {
            throw new ArgumentException("The suspect has no url.", nameof(settings));
        }

        var name = settings.Protocol ?? Usual;
        if (name == "sagemaker" || SageMaker.Any(host => url.IdnHost.StartsWith(host, StringComparison.OrdinalIgnoreCase)))
        {
            throw Errors.SignedRequests(OriginOf(settings), "SageMaker");
        }

        var entry = Array.Find(All, protocol => protocol.Name == name)
            ?? throw Errors.UnknownProtocol(OriginOf(settings), name, Names);
        entry.CheckUsed(settings);
        return entry.Create(new ProtocolSetup(name, settings, manifest));
    }

    /// <summary>Where a suspect's settings come from, for errors in them.</summary>
    internal static string OriginOf(SuspectSettings settings) => settings.Position?.ToString() ?? settings.Name;
}
