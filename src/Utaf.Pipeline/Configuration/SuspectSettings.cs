using System.Text.Json.Serialization;
using Utaf.Verification;

namespace Utaf.Configuration;

/// <summary>A suspect: a prediction API, or a model file.</summary>
public sealed record SuspectSettings
{
    /// <summary>What it is called in reports, unique in the watch list.</summary>
    public required string Name { get; init; }

    /// <summary>The protected model that it may be a copy of; null where only one is meant.</summary>
    public string? Model { get; init; }

    /// <summary>A TorchScript file; or else <see cref="Url"/>.</summary>
    public string? Path { get; init; }

    /// <summary>The prediction API's address, http or https, without user name and password.</summary>
    public Uri? Url { get; init; }

    /// <summary>The protocol's name, see <c>PredictionProtocols</c>; "open-inference" if null.</summary>
    public string? Protocol { get; init; }

    /// <summary>How the API knows us.</summary>
    public AuthenticationSettings? Authentication { get; init; }

    /// <summary>How inputs are sent.</summary>
    public RequestSettings Request { get; init; } = new();

    /// <summary>How answers are read.</summary>
    public ResponseSettings Response { get; init; } = new();

    /// <summary>How fast, how often, how patiently.</summary>
    public LimitSettings Limits { get; init; } = new();

    /// <summary>The proxy's address; the environment's (HTTPS_PROXY) if null.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>Where it stands in <c>utaf.json</c>; null if it was named on the command line.</summary>
    [JsonIgnore]
    public SourcePosition? Position { get; init; }
}

/// <summary>How an API knows us: at most one of bearer, header and certificate kinds each.</summary>
public sealed record AuthenticationSettings
{
    /// <summary>Sent as <c>Authorization: Bearer …</c>.</summary>
    public Secret? Bearer { get; init; }

    /// <summary>Headers with secret values, such as <c>X-Api-Key</c>.</summary>
    public IReadOnlyDictionary<string, Secret> Headers { get; init; } = new Dictionary<string, Secret>();

    /// <summary>A client certificate with its key: a PFX or PEM file.</summary>
    public string? Certificate { get; init; }

    /// <summary>The certificate's password.</summary>
    public Secret? CertificatePassword { get; init; }
}

/// <summary>How inputs are put into a request.</summary>
public sealed record RequestSettings
{
    /// <summary>"numbers", or "png" for images: 8 bits, base64.</summary>
    public string Encoding { get; init; } = "numbers";

    /// <summary>Open Inference: the input tensor's name where the model has several. TensorFlow Serving: the signature's name.</summary>
    public string? InputName { get; init; }

    /// <summary>MLflow and Azure ML: the columns' names.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Which of a protocol's forms: "instances", "inputs", "dataframe_split", "table", …; the protocol's usual one if null.</summary>
    public string? Form { get; init; }

    /// <summary>OpenAI: the model's name. Open Inference and TensorFlow Serving: the version.</summary>
    public string? Model { get; init; }

    /// <summary>Inputs are multiplied by it first (for an API that takes 0 to 255); not 0.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>The shape that the API takes one input in, if it is another than the pair's with as many numbers.</summary>
    public IReadOnlyList<int>? Shape { get; init; }

    /// <summary>The "template" protocol's body: JSON text in which <c>{{inputs}}</c> is all inputs of a batch and <c>{{input}}</c> the only one.</summary>
    public string? Body { get; init; }
}

/// <summary>How answers are read.</summary>
public sealed record ResponseSettings
{
    /// <summary>Open Inference: the output tensor's name where the model has several.</summary>
    public string? OutputName { get; init; }

    /// <summary>The JSON Pointer (RFC 6901) to the answers; the protocol's usual place if null.</summary>
    public string? AnswersAt { get; init; }

    /// <summary>Label and score lists: the labels in the order of the protected model's classes.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>What the numbers are; recognised if null.</summary>
    public OutputKind? Kind { get; init; }
}

/// <summary>How fast, how often, how patiently an API is asked.</summary>
public sealed record LimitSettings
{
    /// <summary>Inputs in one request, at least 1.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Requests a second to the suspect's host, above 0; null: as fast as it answers.</summary>
    public double? RequestsPerSecond { get; init; }

    /// <summary>The most inputs that may ever be sent in one verification, repeats counted; null: three times N.</summary>
    public int? QueryBudget { get; init; }

    /// <summary>Seconds for one attempt, above 0.</summary>
    public double TimeoutSeconds { get; init; } = 30;

    /// <summary>Further attempts after 408, 429, 5xx or a broken connection, at least 0.</summary>
    public int Retries { get; init; } = 5;

    /// <summary>The largest response in bytes, at least 1.</summary>
    public long MaxResponseBytes { get; init; } = 64 << 20;

    /// <summary>Whether inputs are sent in a random order, so that batches say nothing.</summary>
    public bool Shuffle { get; init; } = true;
}
