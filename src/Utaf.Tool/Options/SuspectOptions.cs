using System.CommandLine;
using System.Text;
using Utaf.Configuration;
using Utaf.Endpoints;
using Utaf.Verification;

namespace Utaf.Tool.Options;

/// <summary>Who is suspected and how it is asked: a name of the watch list, an address, or a file, and what is laid over it.</summary>
internal sealed class SuspectOptions
{
    private readonly Argument<string> suspect = new("SUSPECT")
    {
        Description = "The suspect: a name in utaf.json, a prediction API's URL, or a TorchScript file.",
    };
    private readonly Option<string?> protocol = OptionKinds.Text(
        "--protocol",
        $"What the API speaks: {string.Join(", ", PredictionProtocols.Names)}. [default: {PredictionProtocols.Names[0]}]",
        "NAME");
    private readonly Option<Secret?> bearer = OptionKinds.Secret("--bearer", "The bearer token's environment variable.");
    private readonly Option<string[]> headers = OptionKinds.Repeated(
        "--header", "A header with a secret value, such as X-Api-Key=env:NAME; may be given more than once.", "HEADER=env:NAME");
    private readonly Option<string?> certificate = OptionKinds.Text("--certificate", "A client certificate with its key: PFX or PEM.", "FILE");
    private readonly Option<Secret?> certificatePassword = OptionKinds.Secret(
        "--certificate-password", "The certificate's password's environment variable.");
    private readonly Option<string?> proxy = OptionKinds.Text("--proxy", "The proxy. [default: the environment's]", "URL");
    private readonly Option<int?> batchSize = OptionKinds.Number<int>(
        "--batch-size", "Inputs in one request. [default: 32]", "a whole number of at least 1");
    private readonly Option<double?> rate = OptionKinds.Number<double>(
        "--requests-per-second", "The most requests a second to the API's host. [default: no limit]", "a number above 0");
    private readonly Option<int?> budget = OptionKinds.Number<int>(
        "--query-budget", "The most inputs that are ever sent, repeats counted. [default: three times N]", "a whole number of at least 1");
    private readonly Option<double?> timeout = OptionKinds.Number<double>(
        "--timeout", "Seconds for one attempt. [default: 30]", "a number above 0");
    private readonly Option<int?> retries = OptionKinds.Number<int>(
        "--retries", "Further attempts after 408, 429, 5xx or a broken connection. [default: 5]", "a whole number of at least 0");
    private readonly Option<bool?> shuffle = OptionKinds.Choice(
        "--shuffle", "Whether the inputs go out in a random order. [default: true]");
    private readonly Option<string?> encoding = OptionKinds.Text(
        "--encoding", "How inputs are written: numbers, or png for images. [default: numbers]", "NAME");
    private readonly Option<string?> form = OptionKinds.Text("--form", "Which of the protocol's forms of a request.", "NAME");
    private readonly Option<string?> inputName = OptionKinds.Text("--input-name", "The input tensor, where the model has several.", "NAME");
    private readonly Option<string?> outputName = OptionKinds.Text("--output-name", "The output tensor, where the model has several.", "NAME");
    private readonly Option<string?> columns = OptionKinds.Text("--columns", "The columns' names, after commas.", "NAMES");
    private readonly Option<string?> apiModel = OptionKinds.Text("--api-model", "What the API calls its model.", "NAME");
    private readonly Option<double?> requestScale = OptionKinds.Number<double>(
        "--request-scale", "Inputs are multiplied by it before they are sent. [default: 1]", "a finite number that is not 0");
    private readonly Option<int[]?> requestShape = OptionKinds.Shape(
        "--request-shape", "The shape that the API takes one input in, if it is another than the pair's.");
    private readonly Option<string?> body = OptionKinds.Text(
        "--body", "The template protocol's body: a JSON file with {{inputs}} or {{input}}.", "FILE");
    private readonly Option<string?> answersAt = OptionKinds.Text(
        "--answers-at", "The JSON Pointer to the answers, such as /predictions.", "POINTER");
    private readonly Option<string?> classes = OptionKinds.Text(
        "--classes", "Label and score lists: the labels in the order of the protected model's classes, after commas.", "LABELS");
    private readonly Option<string> outputs = OptionKinds.Word(
        "--outputs",
        "What a classifier's numbers are.",
        "auto",
        "auto",
        "probabilities",
        "logProbabilities",
        "logits");

    /// <summary>Gives them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(suspect);
        foreach (var option in (Option[])
            [
                protocol, bearer, headers, certificate, certificatePassword, proxy, batchSize, rate, budget, timeout, retries, shuffle, encoding,
                form, inputName, outputName, columns, apiModel, requestScale, requestShape, body, answersAt, classes, outputs,
            ])
        {
            command.Add(option);
        }
    }

    /// <summary>What was chosen, laid over what the watch list says of the suspect.</summary>
    /// <exception cref="UtafException">UTAF1001, UTAF1002, UTAF1003.</exception>
    public SuspectSettings Read(ParseResult parsed, UtafConfiguration configuration)
    {
        var named = Named(parsed.GetRequiredValue(suspect), configuration);
        return named with
        {
            Protocol = parsed.GetValue(protocol) ?? named.Protocol,
            Authentication = Authentication(parsed, named.Authentication),
            Proxy = parsed.GetValue(proxy) is { } address ? Address("--proxy", address) : named.Proxy,
            Request = named.Request with
            {
                Encoding = parsed.GetValue(encoding) ?? named.Request.Encoding,
                Form = parsed.GetValue(form) ?? named.Request.Form,
                InputName = parsed.GetValue(inputName) ?? named.Request.InputName,
                Columns = List(parsed.GetValue(columns)) ?? named.Request.Columns,
                Model = parsed.GetValue(apiModel) ?? named.Request.Model,
                Scale = parsed.GetValue(requestScale) ?? named.Request.Scale,
                Shape = parsed.Given(requestShape) ?? named.Request.Shape,
                Body = parsed.GetValue(body) is { } file ? Encoding.UTF8.GetString(InputFile.Read(file, "the template of a request's body")) : named.Request.Body,
            },
            Response = named.Response with
            {
                OutputName = parsed.GetValue(outputName) ?? named.Response.OutputName,
                AnswersAt = parsed.GetValue(answersAt) ?? named.Response.AnswersAt,
                Classes = List(parsed.GetValue(classes)) ?? named.Response.Classes,
                Kind = Kind(parsed.GetValue(outputs)!) ?? named.Response.Kind,
            },
            Limits = named.Limits with
            {
                BatchSize = Positive("--batch-size", parsed.GetValue(batchSize)) ?? named.Limits.BatchSize,
                RequestsPerSecond = Positive("--requests-per-second", parsed.GetValue(rate)) ?? named.Limits.RequestsPerSecond,
                QueryBudget = Positive("--query-budget", parsed.GetValue(budget)) ?? named.Limits.QueryBudget,
                TimeoutSeconds = Positive("--timeout", parsed.GetValue(timeout)) ?? named.Limits.TimeoutSeconds,
                Retries = NotNegative("--retries", parsed.GetValue(retries)) ?? named.Limits.Retries,
                Shuffle = parsed.GetValue(shuffle) ?? named.Limits.Shuffle,
            },
        };
    }

    /// <summary>The suspect of the watch list, the address, or the file that a word means.</summary>
    /// <exception cref="UtafException">UTAF1001: an address with a user name, or none.</exception>
    public static SuspectSettings Named(string word, UtafConfiguration configuration)
    {
        if (configuration.Suspects.FirstOrDefault(listed => listed.Name == word) is { } found)
        {
            return found;
        }

        return word.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || word.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
            ? Anonymous(Address("SUSPECT", word))
            : new SuspectSettings { Name = word, Path = word };
    }

    /// <summary>A query string may hold a key: the name of a suspect in reports is its address without it.</summary>
    private static SuspectSettings Anonymous(Uri url) => new() { Name = url.GetLeftPart(UriPartial.Path), Url = url };

    private static Uri Address(string option, string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0
            ? url
            : throw Errors.BadOption(option, "no such address", "http://HOST[:PORT]/PATH or https://…, without user name and password");

    private AuthenticationSettings? Authentication(ParseResult parsed, AuthenticationSettings? named)
    {
        var laidOver = named ?? new AuthenticationSettings();
        var given = laidOver with
        {
            Bearer = parsed.GetValue(bearer) ?? laidOver.Bearer,
            Headers = parsed.GetValue(headers) is { Length: > 0 } texts ? Headers(texts) : laidOver.Headers,
            Certificate = parsed.GetValue(certificate) ?? laidOver.Certificate,
            CertificatePassword = parsed.GetValue(certificatePassword) ?? laidOver.CertificatePassword,
        };
        return given == new AuthenticationSettings() ? null : given;

        static Dictionary<string, Secret> Headers(string[] texts)
        {
            var given = new Dictionary<string, Secret>(StringComparer.OrdinalIgnoreCase);
            foreach (var text in texts)
            {
                if (!given.TryAdd(HeaderName(text), HeaderSecret(text)))
                {
                    throw Errors.BadOption("--header", $"{HeaderName(text)}=… once more", "each header once");
                }
            }

            return given;
        }

        static string HeaderName(string text) => text.IndexOf('=', StringComparison.Ordinal) is > 0 and var at
            ? text[..at]
            : throw Errors.BadOption("--header", "…", "HEADER=env:NAME");

        // What has another form may be the secret itself, so it is not shown.
        static Secret HeaderSecret(string text) => Secret.Parse(text[(text.IndexOf('=', StringComparison.Ordinal) + 1)..])
            ?? throw Errors.BadOption("--header", "…", "HEADER=env:NAME, where NAME is the environment variable that holds the secret");
    }

    private static OutputKind? Kind(string word) => word switch
    {
        "probabilities" => OutputKind.Probabilities,
        "logProbabilities" => OutputKind.LogProbabilities,
        "logits" => OutputKind.Logits,
        _ => null,
    };

    private static string[]? List(string? text) => text?.Split(',', StringSplitOptions.TrimEntries);

    private static int? Positive(string option, int? value) => value is < 1
        ? throw Errors.BadOption(option, $"{value}", "a whole number of at least 1")
        : value;

    private static int? NotNegative(string option, int? value) => value is < 0
        ? throw Errors.BadOption(option, $"{value}", "a whole number of at least 0")
        : value;

    private static double? Positive(string option, double? value) => value is { } given && !(given > 0 && double.IsFinite(given))
        ? throw Errors.BadOption(option, FormattableString.Invariant($"{given}"), "a number above 0")
        : value;
}
