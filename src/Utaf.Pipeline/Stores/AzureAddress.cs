using System.Text.RegularExpressions;
using Utaf.Configuration;

namespace Utaf.Stores;

/// <summary>
/// <c>azblob://ACCOUNT/CONTAINER[/PREFIX][?sas=VARIABLE][&amp;endpoint=URL]</c> or
/// <c>azblob:?connection=VARIABLE&amp;container=NAME[&amp;prefix=PREFIX]</c>. Without <c>sas</c> the first form signs in with
/// DefaultAzureCredential.
/// </summary>
/// <param name="Service">The blob service's address, such as <c>https://ACCOUNT.blob.core.windows.net</c>; null with a connection string.</param>
/// <param name="Container">The container's name.</param>
/// <param name="Prefix">What all names begin with: empty, or segments that each end with '/'.</param>
/// <param name="Sas">The variable with a shared access signature.</param>
/// <param name="Connection">The variable with a connection string.</param>
/// <param name="Text">The address in its plainest form, without secrets.</param>
internal sealed partial record AzureAddress(Uri? Service, string Container, string Prefix, Secret? Sas, Secret? Connection, string Text)
{
    /// <summary>How an address of this kind begins.</summary>
    public const string Scheme = "azblob:";

    /// <summary>Reads an address.</summary>
    /// <exception cref="UtafException">UTAF1314: a part is missing, unknown or impossible.</exception>
    public static AzureAddress Parse(string address)
    {
        var question = address.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? address[Scheme.Length..] : address[Scheme.Length..question];
        var origin = FingerprintStores.WithoutSecrets(address);
        var settings = Settings(question < 0 ? "" : address[(question + 1)..], origin);
        var read = path.StartsWith("//", StringComparison.Ordinal) ? OfAccount(path[2..], settings, origin)
            : path.Length == 0 ? OfConnection(settings, origin)
            : throw Errors.BadAzureAddress(origin, "It begins with neither azblob:// nor azblob:?.");
        return settings.Count == 0
            ? read
            : throw Errors.BadAzureAddress(origin, $"It has a setting that does not belong here: '{settings.Keys.First()}'.");
    }

    private static AzureAddress OfAccount(string path, Dictionary<string, string> settings, string origin)
    {
        var parts = path.TrimEnd('/').Split('/', 3);
        if (parts is not [var account, var container, ..] || !Account().IsMatch(account))
        {
            throw Errors.BadAzureAddress(origin, "It has no storage account (3 to 24 lower-case letters and digits) and container.");
        }

        var prefix = Folder(parts.Length > 2 ? parts[2] : "", origin);
        var sas = Variable("sas", settings, origin);
        var service = Endpoint(settings, origin);
        if (service?.Scheme == Uri.UriSchemeHttp && sas is null)
        {
            throw Errors.BadAzureAddress(origin, "Without sas= its endpoint must be https: an identity's token is not sent in the clear.");
        }

        List<string> shown = [];
        shown.AddRange(sas is null ? [] : [$"sas={sas.Variable}"]);
        shown.AddRange(service is null ? [] : [$"endpoint={service.AbsoluteUri.TrimEnd('/')}"]);
        return new(
            service ?? new Uri($"https://{account}.blob.core.windows.net"),
            Named(container, origin),
            prefix,
            sas,
            Connection: null,
            $"{Scheme}//{account}/{container}/{prefix}".TrimEnd('/') + (shown.Count == 0 ? "" : $"?{string.Join('&', shown)}"));
    }

    private static AzureAddress OfConnection(Dictionary<string, string> settings, string origin)
    {
        var connection = Variable("connection", settings, origin)
            ?? throw Errors.BadAzureAddress(origin, "It has neither an account nor a connection string's variable.");
        if (!settings.Remove("container", out var container))
        {
            throw Errors.BadAzureAddress(origin, "It has no container.");
        }

        var prefix = Folder(settings.Remove("prefix", out var given) ? given : "", origin);
        var shown = prefix.Length == 0 ? "" : $"&prefix={prefix.TrimEnd('/')}";
        return new(
            Service: null,
            Named(container, origin),
            prefix,
            Sas: null,
            connection,
            $"{Scheme}?connection={connection.Variable}&container={container}{shown}");
    }

    private static Dictionary<string, string> Settings(string query, string origin)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var setting in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var halves = setting.Split('=', 2);
            if (halves is not [var name, var value] || !SettingName().IsMatch(name) || !settings.TryAdd(name, Uri.UnescapeDataString(value)))
            {
                throw Errors.BadAzureAddress(origin, "After '?' it has something else than NAME=VALUE, each name once.");
            }
        }

        return settings;
    }

    private static Secret? Variable(string name, Dictionary<string, string> settings, string origin)
    {
        if (!settings.Remove(name, out var variable))
        {
            return null;
        }

        // The value may be the secret itself by mistake, and is not shown.
        return Secret.Parse($"env:{variable}") ?? Secret.Parse(variable)
            ?? throw Errors.BadAzureAddress(origin, $"Its '{name}' is no environment variable's name; the secret itself must not stand in the address.");
    }

    private static Uri? Endpoint(Dictionary<string, string> settings, string origin)
    {
        if (!settings.Remove("endpoint", out var text))
        {
            return null;
        }

        var sound = Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
            && uri.UserInfo.Length == 0 && uri.Query.Length == 0 && uri.Fragment.Length == 0;
        return sound ? uri : throw Errors.BadAzureAddress(origin, "Its endpoint is no https address of a blob service (http is for this machine only).");
    }

    private static string Named(string container, string origin) => ContainerName().IsMatch(container)
        ? container
        : throw Errors.BadAzureAddress(origin, "Its container is none: 3 to 63 lower-case letters, digits and single hyphens.");

    private static string Folder(string prefix, string origin)
    {
        var segments = prefix.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return Array.TrueForAll(segments, StoreNames.IsName)
            ? string.Concat(segments.Select(segment => $"{segment}/"))
            : throw Errors.BadAzureAddress(origin, "Its prefix has something else than letters, digits, '.', '_', '-' and '/', or a part that starts with '.'.");
    }

    [GeneratedRegex(@"\A[a-z0-9]{3,24}\z")]
    private static partial Regex Account();

    [GeneratedRegex(@"\A(?=.{3,63}\z)[a-z0-9]+(-[a-z0-9]+)*\z")]
    private static partial Regex ContainerName();

    [GeneratedRegex(@"\A[a-z]{1,20}\z")]
    private static partial Regex SettingName();
}
