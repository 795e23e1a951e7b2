using System.Net.Http.Headers;
using System.Text;

namespace Utaf.Pipeline.Tests.Issues;

/// <summary>That no request is found wrong means something only if wrong ones are found.</summary>
[Collection(GitHubCollection.Name)]
public sealed class DescriptionTests(GitHubEmulator emulator)
{
    [Theory]
    [InlineData("GET", "", null)]
    [InlineData("GET", "/issues?state=open&per_page=100&page=1&labels=model-piracy&sort=created&direction=asc", null)]
    [InlineData("POST", "/issues", """{"title":"t","body":"b","labels":["model-piracy"],"assignees":["colleague"]}""")]
    [InlineData("PATCH", "/issues/1", """{"state":"closed","state_reason":"not_planned"}""")]
    [InlineData("GET", "/issues/1/comments?per_page=100&page=1", null)]
    [InlineData("POST", "/issues/1/comments", """{"body":"b"}""")]
    [InlineData("POST", "/labels", """{"name":"n","color":"b60205","description":"d"}""")]
    [InlineData("GET", "/labels/model-piracy", null)]
    [InlineData("GET", "/assignees/colleague", null)]
    public async Task A_right_request_is_not_objected_to(string method, string path, string? body) =>
        Assert.Empty(await ObjectionsAsync(method, path, body));

    [Theory]
    [InlineData("PUT", "", null)]
    [InlineData("GET", "/issues?state=ajar", null)]
    [InlineData("GET", "/issues?per_page=many", null)]
    [InlineData("POST", "/issues", """{"body":"no title"}""")]
    [InlineData("POST", "/issues", """{"title":"t","labels":"not a list"}""")]
    [InlineData("POST", "/issues", """["t"]""")]
    [InlineData("PATCH", "/issues/1", """{"state":"ajar"}""")]
    [InlineData("PATCH", "/issues/1", """{"state_reason":"bored"}""")]
    [InlineData("GET", "/issues/first/comments", null)]
    [InlineData("POST", "/issues/1/comments", """{"text":"b"}""")]
    [InlineData("POST", "/labels", """{"color":"b60205"}""")]
    [InlineData("POST", "/labels", """["model-piracy"]""")]
    [InlineData("GET", "/labels/needs/triage", null)]
    [InlineData("GET", "/assignees/some/body", null)]
    public async Task A_wrong_request_is_objected_to(string method, string path, string? body) =>
        Assert.NotEmpty(await ObjectionsAsync(method, path, body));

    [Fact]
    public async Task JSON_that_is_called_a_form_is_objected_to() =>
        Assert.NotEmpty(await ObjectionsAsync("POST", "/labels", """{"name":"n"}""", "application/x-www-form-urlencoded"));

    private async Task<IReadOnlyList<string>> ObjectionsAsync(string method, string path, string? body, string type = "application/json")
    {
        var github = await emulator.StartedAsync();
        var repository = await github.NewRepositoryAsync();
        await github.SendAsync(HttpMethod.Post, $"repos/{repository}/issues", new { title = "t" });
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(github.Proxy, $"repos/{repository}{path}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", GitHubEmulator.Token);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, type);
        using var response = await client.SendAsync(request);
        return [.. CheckedRequests.InRequest(response)];
    }
}
