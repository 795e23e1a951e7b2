using Utaf.Configuration;
using Utaf.Issues;
using Utaf.Tests;

namespace Utaf.Pipeline.Tests.Issues;

/// <summary>Settings are checked before anything is sent.</summary>
public sealed class IssueSettingsTests
{
    private static readonly GitHubSettings Good = new() { Repository = "owner/models" };

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("models")]
    [InlineData("owner/")]
    [InlineData("/models")]
    [InlineData("owner/models/issues")]
    [InlineData("https://github.com/owner/models")]
    [InlineData("owner/..")]
    [InlineData("owner/mod els")]
    [InlineData("owner/models\n")]
    public void A_repository_is_OWNER_slash_REPO(string? repository) =>
        Assert.Equal(("UTAF1706", ExitCode.Usage), Refused(Good with { Repository = repository }));

    [Theory]
    [InlineData("owner/models")]
    [InlineData("Owner-1/.github")]
    [InlineData("some_enterprise/Models_2.net")]
    public void Names_that_GitHub_gives_are_taken(string repository)
    {
        using var issues = new PiracyIssues(Good with { Repository = repository }, name => name == "GITHUB_TOKEN" ? "token" : null, TimeProvider.System);
    }

    [Fact]
    public void A_missing_token_is_said_with_its_place()
    {
        var error = Assert.Throws<UtafException>(() => new PiracyIssues(Good, _ => null, TimeProvider.System)).Diagnostic;

        Assert.Equal(("UTAF1701", ExitCode.Environment), (error.Code, error.ExitCode));
        Assert.Contains("GITHUB_TOKEN, found none", error.Message, StringComparison.Ordinal);
        Assert.Contains("${{ github.token }}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tok en")]
    [InlineData("tok\nen")]
    [InlineData("tökën")]
    public void A_token_that_cannot_be_sent_is_not_shown(string token)
    {
        var error = Assert.Throws<UtafException>(() => new PiracyIssues(Good, name => name == "GITHUB_TOKEN" ? token : null, TimeProvider.System));

        Assert.Equal("UTAF1701", error.Diagnostic.Code);
        Assert.DoesNotContain(token, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_of_another_variable_is_missed_under_its_name()
    {
        var error = Assert.Throws<UtafException>(() => new PiracyIssues(Good with { Token = new Secret("BOT_TOKEN") }, _ => null, TimeProvider.System));

        Assert.Equal("UTAF1012", error.Diagnostic.Code);
        Assert.Contains("BOT_TOKEN", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("github.example.com")]
    [InlineData("ftp://github.example.com")]
    [InlineData("http://github.example.com/api/v3")]
    [InlineData("https://user:pass-word@github.example.com/api/v3")]
    [InlineData("https://github.example.com/api/v3?key=pass-word")]
    [InlineData("//user:pass-word@x")]
    public void An_address_is_https_and_holds_no_secret(string address)
    {
        var error = Assert.Throws<UtafException>(() => new PiracyIssues(Good, name => name == "GITHUB_API_URL" ? address : "token", TimeProvider.System));

        Assert.Equal("UTAF1709", error.Diagnostic.Code);
        Assert.Contains("GITHUB_API_URL", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("pass-word", error.Message, StringComparison.Ordinal);
        Assert.Equal(("UTAF1709", ExitCode.Usage), Refused(Good with { ApiUrl = address }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a,b")]
    [InlineData(" a")]
    [InlineData("a\nb")]
    [InlineData("a label that is quite a bit longer than what GitHub takes")]
    public void A_label_is_one_that_GitHub_takes(string label) => Assert.Equal(("UTAF1713", ExitCode.Usage), Refused(Good with { Labels = ["fine", label] }));

    [Theory]
    [InlineData("no title")]
    [InlineData("# ")]
    [InlineData("# only a title")]
    [InlineData("# title\n{{fingerprint}}")]
    [InlineData("# {{evidence}}\ntext")]
    public void A_template_that_cannot_be_used_is_refused(string text)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("issue.md"), text);

        Assert.Equal(("UTAF1712", ExitCode.Usage), Refused(Good with { Template = folder.File("issue.md") }));
    }

    [Fact]
    public void A_template_that_is_too_long_or_no_text_is_refused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("long.md"), $"# t\n{new string('x', 20_000)}");
        File.WriteAllBytes(folder.File("bytes.md"), [(byte)'#', (byte)' ', 0xff, 0xfe, (byte)'\n']);

        Assert.Equal("UTAF1712", Refused(Good with { Template = folder.File("long.md") }).Code);
        Assert.Equal("UTAF1712", Refused(Good with { Template = folder.File("bytes.md") }).Code);
    }

    [Fact]
    public void A_template_that_is_not_there_is_said()
    {
        using var folder = new TemporaryFolder();

        Assert.Equal(("UTAF1002", ExitCode.Usage), Refused(Good with { Template = folder.File("missing.md") }));
        Assert.Equal("UTAF1003", Refused(Good with { Template = folder.Path }).Code);
    }

    private static (string Code, ExitCode Exit) Refused(GitHubSettings settings)
    {
        var error = Assert.Throws<UtafException>(() => new PiracyIssues(settings, name => name == "GITHUB_TOKEN" ? "token" : null, TimeProvider.System));
        return (error.Diagnostic.Code, error.Diagnostic.ExitCode);
    }
}
