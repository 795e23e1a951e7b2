using System.Text.RegularExpressions;
using Utaf.Configuration;
using Utaf.Endpoints;
using Utaf.Reports;

namespace Utaf.Issues;

/// <summary>Which repository, on which server, and with whose token. All of it is checked before anything is sent.</summary>
internal sealed partial class GitHubAccess
{
    private const string TokenVariable = "GITHUB_TOKEN";
    private const string AddressVariable = "GITHUB_API_URL";
    private const string GitHubsOwn = "https://api.github.com";

    /// <exception cref="UtafException">UTAF1012, UTAF1701: no token. UTAF1706, UTAF1709: a wrong name or address.</exception>
    public GitHubAccess(GitHubSettings settings, Func<string, string?> environment)
    {
        var found = settings.Repository ?? "";
        if (!RepositoryName().IsMatch(found))
        {
            throw Errors.BadRepositoryName(Untrusted.Line(found));
        }

        (Owner, Name) = (found.Split('/')[0], found.Split('/')[1]);
        Api = Address(settings, environment);
        (Token, TokenSource) = ReadToken(settings, environment);
    }

    public string Owner { get; }

    public string Name { get; }

    /// <summary>OWNER/REPO.</summary>
    public string Repository => $"{Owner}/{Name}";

    /// <summary>The API's address, with a slash at its end.</summary>
    public Uri Api { get; }

    /// <summary>The API's address for people.</summary>
    public string Server => Api.WithoutSecrets();

    /// <summary>Never shown.</summary>
    public string Token { get; }

    /// <summary>Where the token comes from, for people.</summary>
    public string TokenSource { get; }

    /// <summary>Text of a server, fit to be shown: without the token, should it repeat it.</summary>
    public string Shown(string text) => Untrusted.Line(text.Replace(Token, "(secret)", StringComparison.Ordinal));

    /// <summary>The error for an answer that GitHub does not give.</summary>
    public UtafException NotGitHub(string found, Exception? inner = null) => Errors.NotGitHubApi(Repository, Server, found, inner);

    private static Uri Address(GitHubSettings settings, Func<string, string?> environment)
    {
        var variable = environment(AddressVariable) is { Length: > 0 } value ? value : null;
        var (text, source) = settings.ApiUrl is { } set ? (set, "github.apiUrl") : (variable ?? GitHubsOwn, AddressVariable);
        return Uri.TryCreate(text, UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
            && address is { UserInfo.Length: 0, Query.Length: 0, Fragment.Length: 0 }
            ? new Uri(address.AbsoluteUri.TrimEnd('/') + "/")
            : throw Errors.BadGitHubAddress(source, Showable(text));
    }

    /// <summary>An address may hold a password.</summary>
    private static string Showable(string text) => Untrusted.Line(
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Host.Length > 0 ? address.WithoutSecrets() : text.Split('?', '@')[^1]);

    private static (string Token, string Source) ReadToken(GitHubSettings settings, Func<string, string?> environment)
    {
        var source = settings.Token is { } secret ? $"github.token ({secret})" : $"the environment variable {TokenVariable}";

        // A line break at the end comes from the file that the variable was filled from.
        var token = (settings.Token is null ? environment(TokenVariable) : settings.Token.Read("The GitHub token (github.token)", environment))?.Trim();
        return token switch
        {
            null or "" => throw Errors.NoGitHubToken(source, "none"),
            _ when token.Any(letter => letter is <= ' ' or > '~') => throw Errors.NoGitHubToken(source, "a value with characters that no token has"),
            _ => (token, source),
        };
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9_-]{0,99}/(?!\.{1,2}\z)[A-Za-z0-9._-]{1,100}\z")]
    private static partial Regex RepositoryName();
}
