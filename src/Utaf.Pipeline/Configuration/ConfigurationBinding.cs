using System.Globalization;
using System.Text.Json;
using Utaf.Verification;

namespace Utaf.Configuration;

/// <summary>Puts a configuration that fits the schema into its types. What a key does not say keeps the type's default.</summary>
/// <param name="folder">The file's folder, which the paths in it are relative to; empty for the current one.</param>
internal sealed class ConfigurationBinding(string folder)
{
    /// <summary>Binds a whole file.</summary>
    public UtafConfiguration Bind(PlacedValue root) => new()
    {
        Schema = Text(root, "$schema"),
        Models = List(root, "models", Model),
        Ensemble = Part(root, "ensemble", Ensemble) ?? new(),
        Fingerprint = Part(root, "fingerprint", Fingerprint) ?? new(),
        Store = Part(root, "store", Store) ?? new(),
        Verification = Part(root, "verification", Verification) ?? new(),
        Suspects = List(root, "suspects", Suspect),
        Reports = Part(root, "reports", Reports) ?? new(),
        GitHub = Part(root, "gitHub", GitHub) ?? new(),
    };

    private ModelSettings Model(PlacedValue model) => new()
    {
        Name = Text(model, "name")!,
        Version = Text(model, "version"),
        Path = Path(model, "path")!,
        Task = Text(model, "task"),
        Input = Part(model, "input", input => new ModelInputSettings
        {
            Shape = Shape(input, "shape"),
            ImageShape = Shape(input, "imageShape"),
        }) ?? new(),
        Data = Data(model["data"]!),
        LastLayer = Text(model, "lastLayer"),
        Discriminator = Path(model, "discriminator"),
    };

    private DataSettings Data(PlacedValue data) => new()
    {
        Path = Path(data, "path")!,
        Public = Path(data, "public"),
        Irrelevant = List(data, "irrelevant", Path),
        Label = Text(data, "label"),
        LabelFile = Path(data, "labelFile"),
        SkipColumns = Whole(data, "skipColumns"),
        QueryColumn = Text(data, "queryColumn"),
        Header = Flag(data, "header"),
        Delimiter = Text(data, "delimiter"),
        LabelScale = Number(data, "labelScale"),
        Scale = Number(data, "scale"),
        Arrays = Text(data, "arrays"),
    };

    private EnsembleSettings Ensemble(PlacedValue ensemble) => new()
    {
        Profile = Text(ensemble, "profile"),
        Architectures = Texts(ensemble, "architectures"),
        Epochs = Whole(ensemble, "epochs"),
        Distillation = Text(ensemble, "distillation"),
        Negatives = List(ensemble, "negatives", Path),
        Folder = Path(ensemble, "folder"),
    };

    private static FingerprintSettings Fingerprint(PlacedValue fingerprint) => new()
    {
        Examples = Whole(fingerprint, "examples"),
        Schedule = Text(fingerprint, "schedule"),
        Iterations = Whole(fingerprint, "iterations"),
        InputLearningRate = Number(fingerprint, "inputLearningRate"),
        VerifierLearningRate = Number(fingerprint, "verifierLearningRate"),
        Weights = fingerprint["weights"] is null ? null : List(fingerprint, "weights", Number),
        Precision = Text(fingerprint, "precision"),
        Threshold = Number(fingerprint, "threshold"),
        TestFraction = Number(fingerprint, "testFraction"),
        ValidationFraction = Number(fingerprint, "validationFraction"),
        Seed = fingerprint["seed"] is { } seed ? ulong.Parse(seed.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : null,
    };

    private StoreSettings Store(PlacedValue store) => new()
    {
        Address = Text(store, "address") is { } address ? StoreAddress(address) : null,
        EncryptionKey = Secret(store, "encryptionKey"),
    };

    private VerificationSettings Verification(PlacedValue verification) => new()
    {
        Significance = Number(verification, "significance"),
        Evidence = Path(verification, "evidence"),
    };

    private SuspectSettings Suspect(PlacedValue suspect) => new()
    {
        Name = Text(suspect, "name")!,
        Model = Text(suspect, "model"),
        Path = Path(suspect, "path"),
        Url = Address(suspect, "url"),
        Protocol = Text(suspect, "protocol"),
        Authentication = Part(suspect, "authentication", Authentication),
        Request = Part(suspect, "request", Request) ?? new(),
        Response = Part(suspect, "response", Response) ?? new(),
        Limits = Part(suspect, "limits", Limits) ?? new(),
        Proxy = Address(suspect, "proxy"),
        Position = suspect.Position,
    };

    private AuthenticationSettings Authentication(PlacedValue authentication) => new()
    {
        Bearer = Secret(authentication, "bearer"),
        Headers = authentication["headers"]?.Properties.ToDictionary(header => header.Key, header => Secret(header.Value)) ?? [],
        Certificate = Path(authentication, "certificate"),
        CertificatePassword = Secret(authentication, "certificatePassword"),
    };

    private static RequestSettings Request(PlacedValue request)
    {
        var usual = new RequestSettings();
        return new()
        {
            Encoding = Text(request, "encoding") ?? usual.Encoding,
            InputName = Text(request, "inputName"),
            Columns = Texts(request, "columns"),
            Form = Text(request, "form"),
            Model = Text(request, "model"),
            Scale = Number(request, "scale") ?? usual.Scale,
            Shape = Shape(request, "shape"),
            Body = Text(request, "body"),
        };
    }

    private static ResponseSettings Response(PlacedValue response) => new()
    {
        OutputName = Text(response, "outputName"),
        AnswersAt = Text(response, "answersAt"),
        Classes = Texts(response, "classes"),
        Kind = Text(response, "kind") is { } kind ? Enum.Parse<OutputKind>(kind, ignoreCase: true) : null,
    };

    private static LimitSettings Limits(PlacedValue limits)
    {
        var usual = new LimitSettings();
        return new()
        {
            BatchSize = Whole(limits, "batchSize") ?? usual.BatchSize,
            RequestsPerSecond = Number(limits, "requestsPerSecond"),
            QueryBudget = Whole(limits, "queryBudget"),
            TimeoutSeconds = Number(limits, "timeoutSeconds") ?? usual.TimeoutSeconds,
            Retries = Whole(limits, "retries") ?? usual.Retries,
            MaxResponseBytes = Whole(limits, "maxResponseBytes") ?? usual.MaxResponseBytes,
            Shuffle = Flag(limits, "shuffle") ?? usual.Shuffle,
        };
    }

    private ReportSettings Reports(PlacedValue reports) => new()
    {
        Folder = Path(reports, "folder"),
        Formats = Texts(reports, "formats"),
    };

    private GitHubSettings GitHub(PlacedValue gitHub) => new()
    {
        Repository = Text(gitHub, "repository"),
        Token = Secret(gitHub, "token"),
        ApiUrl = Text(gitHub, "apiUrl"),
        Labels = gitHub["labels"] is null ? new GitHubSettings().Labels : Texts(gitHub, "labels"),
        Assignees = Texts(gitHub, "assignees"),
        Template = Path(gitHub, "template"),
    };

    private static T? Part<T>(PlacedValue parent, string key, Func<PlacedValue, T> bind)
        where T : class => parent[key] is { } value ? bind(value) : null;

    private static T[] List<T>(PlacedValue parent, string key, Func<PlacedValue, T> bind) => [.. parent[key]?.Items.Select(bind) ?? []];

    private static string? Text(PlacedValue parent, string key) => parent[key]?.Text;

    private static string[] Texts(PlacedValue parent, string key) => List(parent, key, item => item.Text);

    private static int? Whole(PlacedValue parent, string key) => parent[key] is { } value ? Whole(value) : null;

    private static int Whole(PlacedValue value) => int.Parse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static int[]? Shape(PlacedValue parent, string key) => parent[key] is null ? null : List(parent, key, Whole);

    private static double? Number(PlacedValue parent, string key) => parent[key] is { } value ? Number(value) : null;

    private static double Number(PlacedValue value) => double.Parse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static bool? Flag(PlacedValue parent, string key) => parent[key] is { } value ? value.Kind == JsonValueKind.True : null;

    private static Uri? Address(PlacedValue parent, string key) => parent[key] is { } value ? new Uri(value.Text) : null;

    private static Secret? Secret(PlacedValue parent, string key) => parent[key] is { } value ? Secret(value) : null;

    private static Secret Secret(PlacedValue value) => Configuration.Secret.Parse(value.Text)!;

    private string? Path(PlacedValue parent, string key) => parent[key] is { } value ? Path(value) : null;

    private string Path(PlacedValue value) => System.IO.Path.Combine(folder, value.Text);

    private string StoreAddress(string address)
    {
        const string scheme = Stores.FolderBlobs.Scheme;
        return address.StartsWith(scheme, StringComparison.Ordinal)
            ? scheme + System.IO.Path.Combine(folder, address[scheme.Length..])
            : address;
    }
}
