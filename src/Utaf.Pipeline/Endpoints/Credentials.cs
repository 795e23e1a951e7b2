using System.Net;
using System.Net.Http.Headers;
using Utaf.Configuration;

namespace Utaf.Endpoints;

/// <summary>The headers that an API knows us by. The values are read once, sent to the suspect's own host, and never shown.</summary>
internal sealed class Credentials
{
    private readonly SuspectSettings suspect;
    private readonly List<(string Header, string Value)> headers = [];
    private readonly List<string> values = [];

    /// <summary>So much of a secret is recognised where a server's text was cut.</summary>
    private const int Recognised = 8;

    /// <exception cref="UtafException">UTAF1012: a variable is not set. UTAF1635: its value cannot be sent.</exception>
    public Credentials(SuspectSettings suspect, Func<string, string?> environment)
    {
        this.suspect = suspect;
        if (suspect.Authentication is not { } authentication)
        {
            return;
        }

        if (authentication.Bearer is { } bearer)
        {
            Add("Authorization", "Bearer ", bearer, "authentication.bearer", environment);
        }

        foreach (var (name, secret) in authentication.Headers)
        {
            Add(name, "", secret, $"authentication.headers.{name}", environment);
        }
    }

    public void AddTo(HttpRequestHeaders request)
    {
        foreach (var (header, value) in headers)
        {
            request.TryAddWithoutValidation(header, value);
        }
    }

    /// <summary>The text without any secret's value or the beginning of one, in case a server repeats it.</summary>
    public string Redact(string text) => values.Aggregate(text, Redact);

    /// <summary>What to do about a 401 or 403: names the settings and the variables, never a value.</summary>
    public string Advice(HttpStatusCode status)
    {
        if (suspect.Authentication is not { } authentication || (headers.Count == 0 && authentication.Certificate is null))
        {
            return "No credentials are set: set authentication.bearer, or a header such as authentication.headers.X-Api-Key, to env:NAME.";
        }

        List<string> used =
        [
            .. authentication.Bearer is { } bearer ? [$"authentication.bearer from the environment variable {bearer.Variable}"] : Array.Empty<string>(),
            .. authentication.Headers.Select(header => $"authentication.headers.{header.Key} from the environment variable {header.Value.Variable}"),
            .. authentication.Certificate is { } path ? [$"authentication.certificate {path}"] : Array.Empty<string>(),
        ];
        return $"It was given {string.Join(" and ", used)}. "
            + (status == HttpStatusCode.Unauthorized ? "Check that the value is right and has not expired." : "Check that it may use this model.");
    }

    private static string Redact(string text, string value)
    {
        const string Mark = "(secret)";
        var start = value[..Math.Min(Recognised, value.Length)];
        for (var i = 0; (i = text.IndexOf(start, i, StringComparison.Ordinal)) >= 0; i += Mark.Length)
        {
            var repeated = text.AsSpan(i).CommonPrefixLength(value);
            text = $"{text.AsSpan(0, i)}{Mark}{text.AsSpan(i + repeated)}";
        }

        return text;
    }

    private void Add(string header, string scheme, Secret secret, string setting, Func<string, string?> environment)
    {
        var value = scheme + Read(secret, setting, environment);
        using var probe = new HttpRequestMessage();
        if (!probe.Headers.TryAddWithoutValidation(header, value))
        {
            throw Errors.UnsendableSecret(suspect.Name, setting, secret.Variable);
        }

        headers.Add((header, value));
    }

    private string Read(Secret secret, string setting, Func<string, string?> environment)
    {
        // A line break at the end comes from the file that the variable was filled from, and belongs to no key.
        var value = secret.Read($"{setting} of the suspect '{suspect.Name}'", environment).Trim();
        if (value.Length == 0 || value.Any(letter => letter is < ' ' or > '~'))
        {
            throw Errors.UnsendableSecret(suspect.Name, setting, secret.Variable);
        }

        values.Add(value);
        return value;
    }
}
