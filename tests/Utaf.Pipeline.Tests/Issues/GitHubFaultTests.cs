using System.Globalization;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Utaf.Configuration;
using Utaf.Issues;
using Utaf.Pipeline.Tests.Endpoints;
using Utaf.Pipeline.Tests.Peers;

namespace Utaf.Pipeline.Tests.Issues;

/// <summary>What GitHub says when it does not do what it is asked.</summary>
public sealed class GitHubFaultTests
{
    private const string Repository = """{"id":1,"name":"models","full_name":"owner/models","has_issues":true,"archived":false}""";
    private const string Issue = """{"id":5,"number":5,"state":"open","html_url":"https://github.example/owner/models/issues/5","title":"t","body":"b","labels":[{"name":"model-piracy"}],"assignees":[],"user":{"id":1,"login":"owner"}}""";

    [Theory]
    [InlineData(401, """{"message":"Bad credentials"}""", "UTAF1702", ExitCode.Environment, "Bad credentials.")]
    [InlineData(403, """{"message":"Resource not accessible by integration"}""", "UTAF1703", ExitCode.Environment, "issues: write")]
    [InlineData(404, """{"message":"Not Found"}""", "UTAF1704", ExitCode.Usage, "no such repository")]
    [InlineData(410, """{"message":"Issues are disabled for this repo"}""", "UTAF1705", ExitCode.Usage, "turned off")]
    [InlineData(422, """{"message":"Validation Failed","errors":[{"resource":"Issue","field":"title","code":"too_long"}]}""", "UTAF1715", ExitCode.Environment, "title is too_long")]
    [InlineData(451, """{"message":"Blocked"}""", "UTAF1715", ExitCode.Environment, "Blocked")]
    public async Task A_refusal_names_what_to_do(int status, string body, string code, ExitCode exit, string says)
    {
        using var github = Answering(_ => Json(status, body));

        var error = await ErrorAsync(github);

        Assert.Equal((code, exit, "owner/models"), (error.Code, error.ExitCode, error.Origin));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Single(github.Calls);
    }

    [Fact]
    public async Task What_the_server_says_is_shown_short_and_without_the_token()
    {
        using var github = Answering(_ => Json(401, $$"""{"message":"No {{GitHubEmulator.Token}} \u001b[31m {{new string('x', 5000)}}"}"""));

        var message = (await ErrorAsync(github)).Message;

        Assert.Contains("No (secret) [31m xxx", message, StringComparison.Ordinal);
        Assert.Contains("GITHUB_TOKEN", message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 200, 500);
    }

    [Fact]
    public async Task An_archived_repository_is_said()
    {
        using var github = Answering(_ => Json(200, Repository.Replace("\"archived\":false", "\"archived\":true", StringComparison.Ordinal)));

        Assert.Contains("archived", (await ErrorAsync(github)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_fails_a_while_is_asked_again()
    {
        using var github = Answering(call => call.Number <= 3 ? new Reply(502, "<html>unicorn</html>") : Working(call));

        using var issues = Reporting.On(Api(github), "owner/models");
        var outcome = await issues.ReportAsync(Reporting.Stolen, "e1", TestContext.Current.CancellationToken);

        Assert.Equal((IssueAction.Opened, 5), (outcome.Action, outcome.Number));
    }

    [Fact]
    public async Task A_server_that_keeps_failing_is_given_up()
    {
        using var github = Answering(_ => new Reply(503, "<html>unicorn</html>"));

        var error = await ErrorAsync(github);

        Assert.Equal("UTAF1711", error.Code);
        Assert.Equal(4, github.Calls.Count);
    }

    [Fact]
    public async Task A_connection_that_is_always_cut_is_unreachable()
    {
        using var github = Answering(_ => new Reply(200, "{") { DeclaredLength = 500, Cut = true });

        Assert.Equal("UTAF1707", (await ErrorAsync(github)).Code);
    }

    [Fact]
    public async Task A_host_that_listens_to_nobody_is_unreachable()
    {
        using var issues = Reporting.On(new Uri($"http://127.0.0.1:{PeerProcess.FreePort()}/"), "owner/models");

        var error = await Assert.ThrowsAsync<UtafException>(() => issues.ReportAsync(Reporting.Stolen, "e1", TestContext.Current.CancellationToken));

        Assert.Equal(("UTAF1707", ExitCode.Environment), (error.Diagnostic.Code, error.Diagnostic.ExitCode));
    }

    [Theory]
    [InlineData(200, "text/html", "<html>Sign in</html>")]
    [InlineData(404, "text/html", "<html>Not here</html>")]
    [InlineData(200, "application/json", "not JSON")]
    [InlineData(200, "application/json", "[1, 2]")]
    [InlineData(200, "application/json", "{}")]
    [InlineData(200, "application/json", "{\"full_name\":[]}")]
    [InlineData(200, "application/json", "null")]
    public async Task A_server_that_is_no_GitHub_is_recognised(int status, string type, string body)
    {
        using var github = Answering(_ => new Reply(status, body) { Headers = { ["Content-Type"] = type } });

        var error = await ErrorAsync(github);

        Assert.Equal(("UTAF1708", ExitCode.Usage), (error.Code, error.ExitCode));
        Assert.Contains("/api/v3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_token_follows_no_redirect_to_another_host()
    {
        using var elsewhere = Answering(Working);
        using var github = Answering(_ => new Reply(307) { Headers = { ["Location"] = $"http://127.0.0.1:{elsewhere.Port}/repos/owner/models" } });

        Assert.Equal("UTAF1716", (await ErrorAsync(github)).Code);
        Assert.Empty(elsewhere.Calls);
    }

    [Fact]
    public async Task A_repository_that_was_renamed_is_followed_on_the_same_host()
    {
        using var github = Answering(call => call.Target == "/repos/owner/models"
            ? new Reply(301, "{}") { Headers = { ["Location"] = "/repositories/1", ["Content-Type"] = "application/json" } }
            : Working(call));

        using var issues = Reporting.On(Api(github), "owner/models");
        var outcome = await issues.ReportAsync(Reporting.Stolen, "e1", TestContext.Current.CancellationToken);

        Assert.Equal(IssueAction.Opened, outcome.Action);
    }

    [Theory]
    [InlineData(403, "Retry-After", "7", "You have exceeded a secondary rate limit", 7)]
    [InlineData(429, "Retry-After", "7", "Slow down", 7)]
    [InlineData(403, "X-Other", "1", "You have exceeded a secondary rate limit", 60)]
    [InlineData(429, "X-Other", "1", "Slow down", 60)]
    public async Task A_secondary_rate_limit_is_waited_for(int status, string header, string value, string says, int seconds)
    {
        var time = new RecordingTime();
        using var github = Answering(call => call.Number == 1
            ? Json(status, $$"""{"message":"{{says}}"}""", (header, value))
            : Working(call));

        using var issues = On(github, time);
        await issues.ReportAsync(Reporting.Stolen, "e1", TestContext.Current.CancellationToken);

        Assert.Contains(TimeSpan.FromSeconds(seconds), time.Waits);
    }

    [Fact]
    public async Task A_primary_rate_limit_that_ends_soon_is_waited_for()
    {
        var time = new RecordingTime();
        using var github = Answering(call => call.Number == 1 ? Exhausted(time.GetUtcNow().AddSeconds(90)) : Working(call));

        using var issues = On(github, time);
        await issues.ReportAsync(Reporting.Stolen, "e1", TestContext.Current.CancellationToken);

        Assert.Contains(TimeSpan.FromSeconds(91), time.Waits);
    }

    [Fact]
    public async Task A_rate_limit_that_ends_late_is_an_error_with_the_time()
    {
        var time = new RecordingTime();
        using var github = Answering(_ => Exhausted(time.GetUtcNow().AddMinutes(50)));

        using var issues = On(github, time);
        var error = await Assert.ThrowsAsync<UtafException>(() => issues.ReportAsync(Reporting.Stolen, "e1", TestContext.Current.CancellationToken));

        Assert.Equal(("UTAF1710", ExitCode.Environment), (error.Diagnostic.Code, error.Diagnostic.ExitCode));
        Assert.Contains("2026-05-04 13:20:01 UTC", error.Message, StringComparison.Ordinal);
        Assert.Single(github.Calls);
    }

    [Fact]
    public async Task Rate_limits_without_end_are_not_waited_for_without_end()
    {
        var time = new RecordingTime();
        using var github = Answering(_ => Json(429, """{"message":"Slow down"}"""));

        using var issues = On(github, time);
        var error = await Assert.ThrowsAsync<UtafException>(() => issues.ReportAsync(Reporting.Stolen, "e1", TestContext.Current.CancellationToken));

        Assert.Equal("UTAF1710", error.Diagnostic.Code);
        Assert.Equal(TimeSpan.FromMinutes(5), time.Waits.Aggregate(TimeSpan.Zero, (sum, wait) => sum + wait));
    }

    [Fact]
    public async Task A_second_passes_between_requests_that_make_something()
    {
        var time = new RecordingTime();
        using var github = Answering(Working);

        using var issues = On(github, time, new GitHubSettings { Labels = ["model-piracy", "legal"] });
        await issues.ReportAsync(Reporting.Stolen, "e1", TestContext.Current.CancellationToken);

        // Two labels and the issue.
        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)], time.Waits);
    }

    [Fact]
    public async Task An_issue_that_cannot_be_found_again_is_closed_and_said()
    {
        using var github = Answering(call => call is { Method: "POST", Target: "/repos/owner/models/issues" }
            ? Json(201, Issue.Replace("""{"name":"model-piracy"}""", "", StringComparison.Ordinal))
            : Working(call));

        var error = await ErrorAsync(github);

        Assert.Equal("UTAF1714", error.Code);
        Assert.Contains("\"closed\"", Encoding.UTF8.GetString(Assert.Single(github.Calls, call => call.Method == "PATCH").Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_strangers_among_the_assignees_are_left_out()
    {
        using var github = Answering(call => call switch
        {
            { Method: "POST", Target: "/repos/owner/models/issues" } => Encoding.UTF8.GetString(call.Body).Contains("stranger", StringComparison.Ordinal)
                ? Json(422, """{"message":"Validation Failed","errors":[{"field":"assignees","code":"invalid"}]}""")
                : Json(201, Issue.Replace("\"assignees\":[]", "\"assignees\":[{\"id\":2,\"login\":\"colleague\"}]", StringComparison.Ordinal)),
            { Target: "/repos/owner/models/assignees/colleague" } => new Reply(204),
            _ => Working(call),
        });

        using var issues = On(github, new RecordingTime(), new GitHubSettings { Assignees = ["stranger", "colleague"] });
        var outcome = await issues.ReportAsync(Reporting.Stolen, "e1", TestContext.Current.CancellationToken);

        Assert.StartsWith("stranger could not be assigned", Assert.Single(outcome.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_can_be_stopped_while_it_waits()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var github = Answering(_ =>
        {
            stop.Cancel();
            return Json(429, """{"message":"Slow down"}""", ("Retry-After", "100"));
        });

        using var issues = new PiracyIssues(Settings(github), Token, TimeProvider.System);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => issues.ReportAsync(Reporting.Stolen, "e1", stop.Token));
    }

    private static async Task<Diagnostic> ErrorAsync(LoopbackApi github)
    {
        using var issues = Reporting.On(Api(github), "owner/models");
        return (await Assert.ThrowsAsync<UtafException>(() => issues.ReportAsync(Reporting.Stolen, "e1", TestContext.Current.CancellationToken))).Diagnostic;
    }

    private static PiracyIssues On(LoopbackApi github, TimeProvider time, GitHubSettings? settings = null) =>
        new((settings ?? new GitHubSettings()) with { Repository = "owner/models", ApiUrl = Api(github).ToString() }, Token, time);

    private static GitHubSettings Settings(LoopbackApi github) => new() { Repository = "owner/models", ApiUrl = Api(github).ToString() };

    private static string? Token(string name) => name == "GITHUB_TOKEN" ? GitHubEmulator.Token : null;

    private static Uri Api(LoopbackApi github) => new($"http://127.0.0.1:{github.Port}/");

    private static LoopbackApi Answering(Func<Call, Reply> answer) => new(answer);

    private static Reply Json(int status, string body, params (string Name, string Value)[] headers)
    {
        var reply = new Reply(status, body) { Headers = { ["Content-Type"] = "application/json; charset=utf-8" } };
        foreach (var (name, value) in headers)
        {
            reply.Headers[name] = value;
        }

        return reply;
    }

    private static Reply Exhausted(DateTimeOffset until) => Json(
        403,
        """{"message":"API rate limit exceeded for user ID 1."}""",
        ("x-ratelimit-limit", "5000"),
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", until.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)));

    /// <summary>A repository without issues, labels and people.</summary>
    private static Reply Working(Call call) => (call.Method, call.Target.Split('?')[0]) switch
    {
        ("GET", "/repos/owner/models" or "/repositories/1") => Json(200, Repository),
        ("GET", "/repos/owner/models/issues") => Json(200, "[]"),
        ("POST", "/repos/owner/models/issues") => Json(201, Issue),
        ("POST", "/repos/owner/models/labels") => Json(201, """{"id":1,"name":"model-piracy","color":"b60205"}"""),
        ("PATCH", _) => Json(200, Issue),
        _ => Json(404, """{"message":"Not Found"}"""),
    };

    /// <summary>Time passes only where somebody waits for it, and then at once.</summary>
    private sealed class RecordingTime() : FakeTimeProvider(new DateTimeOffset(2026, 5, 4, 12, 30, 0, TimeSpan.Zero))
    {
        public List<TimeSpan> Waits { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            if (dueTime > TimeSpan.Zero)
            {
                Waits.Add(dueTime);
                Advance(dueTime);
            }

            return timer;
        }
    }
}
