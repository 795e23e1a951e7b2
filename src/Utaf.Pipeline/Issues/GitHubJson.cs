using Octokit.Internal;

namespace Utaf.Issues;

/// <summary>Octokit's JSON, which throws all kinds of exceptions where a text is none, and makes nothing of JSON of another kind.</summary>
internal sealed class GitHubJson(GitHubAccess access) : IJsonSerializer
{
    private const string OtherForm = "an answer of another form";

    private readonly SimpleJsonSerializer octokits = new();

    public string Serialize(object item) => octokits.Serialize(item);

    public T Deserialize<T>(string json)
    {
        T? value;
        try
        {
            value = octokits.Deserialize<T>(json);
        }
        catch (Exception exception)
        {
            throw access.NotGitHub(OtherForm, exception);
        }

        return value is null ? throw access.NotGitHub(OtherForm) : value;
    }
}
