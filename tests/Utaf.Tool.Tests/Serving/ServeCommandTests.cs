using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Utaf.Tool.Serving;
using Utaf.Tool.Tests.Support;

namespace Utaf.Tool.Tests.Serving;

/// <summary>How the server is started, protected and stopped.</summary>
public sealed class ServeCommandTests : ToolTest
{
    private const string Request = """{"inputs":[{"name":"input0","shape":[1,5],"datatype":"FP32","data":[1,2,3,4,5]}]}""";

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_signal_ends_the_server_with_exit_code_0(string signal)
    {
        using var server = new RunningTool(Tool, Folder, "serve", Fixture("mlp-scripted.pt"), "--port", "0", "--name", "prices");
        await server.UntilAsync(() => server.Output.Length > 0);
        Assert.EndsWith("/v2/models/prices", server.Output[0], StringComparison.Ordinal);
        using var client = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(client, server.Output[0])).StatusCode);

        Assert.Equal(0, await server.SignalAsync(signal));
        await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync(client, server.Output[0]));
    }

    [Fact]
    public async Task A_model_that_never_answers_does_not_keep_the_server_from_ending()
    {
        using var server = new RunningTool(Tool, Folder, "serve", NeverAnswersPositives(), "--input-shape", "5", "--port", "0");
        await server.UntilAsync(() => server.Output.Length > 0);
        using var client = new HttpClient();
        var unanswered = PostAsync(client, server.Output[0]);
        using (var live = await client.GetAsync(new Uri(new Uri(server.Output[0]), "/v2/health/live"), TestContext.Current.CancellationToken))
        {
            Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        }

        Assert.False(unanswered.IsCompleted);
        Assert.Equal(0, await server.SignalAsync("TERM"));
        await Assert.ThrowsAnyAsync<Exception>(() => unanswered);
    }

    [Fact]
    public async Task The_given_input_shape_is_told_and_enforced()
    {
        using var server = new RunningTool(
            Tool, Folder, "serve", Fixture("cnn-scripted.pt"), Fixture("cnn-traced.pt"), "--input-shape", "1,8,8", "--port", "0", "--format", "json", "--output", "serving.json");
        await server.UntilAsync(() => File.Exists(PathOf("serving.json")));
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(PathOf("serving.json"), TestContext.Current.CancellationToken));
        var models = document.RootElement.GetProperty("models");
        Assert.Equal("[\"cnn-scripted\",\"cnn-traced\"]", JsonSerializer.Serialize(models.EnumerateArray().Select(model => model.GetProperty("name").GetString())));
        Assert.Equal([1, 8, 8], models[0].GetProperty("inputShape").EnumerateArray().Select(size => size.GetInt32()));
        Assert.Equal([4], models[1].GetProperty("outputShape").EnumerateArray().Select(size => size.GetInt32()));

        using var client = new HttpClient();
        using var response = await PostAsync(client, models[0].GetProperty("url").GetString()!);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(
            "the shape is [1,5], expected [-1,1,8,8]",
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_keeps_out_whoever_does_not_show_it_but_not_health_checks()
    {
        // As a variable is that was filled from a file.
        var environment = new Dictionary<string, string?> { ["SERVE_KEY"] = "s3cret-key\n", ["BLANK_KEY"] = "\n" };
        using var server = new RunningTool(
            Tool, Folder, environment, "serve", Fixture("mlp-scripted.pt"), "--port", "0", "--api-key", "env:SERVE_KEY", "--host", "*");
        await server.UntilAsync(() => server.Output.Length > 0);
        var url = server.Output[0];

        using var client = new HttpClient();
        using (var refused = await PostAsync(client, url))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            Assert.Equal("Bearer", Assert.Single(refused.Headers.WwwAuthenticate).Scheme);
            Assert.StartsWith("{\"error\":\"this server asks for its key", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        using (var live = await client.GetAsync(new Uri(new Uri(url), "/v2/health/ready"), TestContext.Current.CancellationToken))
        {
            Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        }

        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "s3cret-kez");
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(client, url)).StatusCode);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "s3cret-key");
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(client, url)).StatusCode);
        client.DefaultRequestHeaders.Authorization = null;
        client.DefaultRequestHeaders.Add("X-API-Key", "s3cret-key");
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(client, url)).StatusCode);

        var blank = await RunAsync(environment, "serve", Fixture("mlp-scripted.pt"), "--port", "0", "--api-key", "env:BLANK_KEY");
        Assert.Equal(3, blank.ExitCode);
        Assert.Contains("error UTAF1012: ", blank.StandardError, StringComparison.Ordinal);

        Assert.Contains("The key travels unencrypted", server.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", server.Errors + string.Concat(server.Output), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_key_other_machines_are_warned_of()
    {
        using var server = new RunningTool(Tool, Folder, "serve", Fixture("mlp-scripted.pt"), "--port", "0", "--host", "0.0.0.0");
        await server.UntilAsync(() => server.Output.Length > 0);
        Assert.Contains("Warning: other machines can reach 0.0.0.0, and no key is asked for", server.Errors, StringComparison.Ordinal);
        Assert.StartsWith("http://127.0.0.1:", server.Output[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_that_lie_about_do_not_open_other_doors()
    {
        Write("appsettings.json", """{"Urls":"http://127.0.0.1:1","Kestrel":{"Endpoints":{"Http":{"Url":"http://127.0.0.1:1"}}}}""");
        var environment = new Dictionary<string, string?> { ["ASPNETCORE_URLS"] = "http://0.0.0.0:1", ["ASPNETCORE_ENVIRONMENT"] = "Development" };
        using var server = new RunningTool(Tool, Folder, environment, "serve", Fixture("mlp-scripted.pt"), "--port", "0");
        await server.UntilAsync(() => server.Output.Length > 0);
        Assert.NotEqual(1, new Uri(Assert.Single(server.Output)).Port);
        Assert.DoesNotContain("Warning", server.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_told()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var error = await FailAsync("UTAF1801", 3, "serve", Fixture("mlp-scripted.pt"), "--port", $"{port}");
        Assert.Contains($"Port {port} of 127.0.0.1 is in use", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_that_is_not_permitted_is_told()
    {
        // Not by a real one: root, as which containers run tests, may listen anywhere.
        var refused = new IOException("Failed to bind.", new SocketException((int)SocketError.AccessDenied));
        var error = ServerAddress.Parse("127.0.0.1", 80).Obstacle(refused)!.Diagnostic;
        Assert.Equal(("UTAF1802", ExitCode.Environment), (error.Code, error.ExitCode));
        Assert.Null(ServerAddress.Parse("127.0.0.1", 80).Obstacle(new IOException("Something else.")));
    }

    [Theory]
    [InlineData("not-an-address")]
    [InlineData("192.0.2.1")]
    public async Task A_host_that_is_not_this_machine_is_told(string host) =>
        await FailAsync("UTAF1803", 2, "serve", Fixture("mlp-scripted.pt"), "--host", host, "--port", "0");

    [Fact]
    public async Task A_key_on_the_command_line_is_refused_and_not_repeated()
    {
        var error = await FailAsync("UTAF1804", 2, "serve", Fixture("mlp-scripted.pt"), "--api-key", "s3cret-key");
        Assert.DoesNotContain("s3cret", error, StringComparison.Ordinal);
        await FailAsync("UTAF1012", 3, "serve", Fixture("mlp-scripted.pt"), "--api-key", "env:NOT_SET_ANYWHERE");
    }

    [Fact]
    public async Task Names_are_single_and_fit_for_an_address()
    {
        var copy = PathOf("mlp-scripted.pt");
        File.Copy(Fixture("mlp-scripted.pt"), copy);
        await FailAsync("UTAF1805", 2, "serve", Fixture("mlp-scripted.pt"), copy);
        await FailAsync("UTAF1001", 2, "serve", Fixture("mlp-scripted.pt"), Fixture("mlp-traced.pt"), "--name", "one");
        await FailAsync("UTAF1307", 2, "serve", Fixture("mlp-scripted.pt"), "--name", "a/b");
    }

    [Theory]
    [InlineData("nowhere.pt", "UTAF1002")]
    [InlineData("truncated.pt", "UTAF1103")]
    [InlineData("touches-files-hidden.pt", "UTAF1105")]
    public async Task A_model_that_cannot_be_used_is_not_served(string model, string code) =>
        await FailAsync(code, 2, "serve", Fixture("mlp-scripted.pt"), Fixture(model), "--port", "0");

    [Fact]
    public async Task A_model_that_does_not_take_the_given_shape_is_not_served()
    {
        await FailAsync("UTAF1106", 2, "serve", Fixture("mlp-scripted.pt"), "--input-shape", "7", "--port", "0");
        await FailAsync("UTAF1107", 2, "serve", Fixture("two-outputs.pt"), "--input-shape", "5", "--port", "0");
        await FailAsync("UTAF1001", 2, "serve", Fixture("mlp-scripted.pt"), "--port", "65536");
        await FailAsync("UTAF1001", 2, "serve", Fixture("mlp-scripted.pt"), "--batch-limit", "0");
    }

    /// <summary>The fixture that never answers, changed so that it answers zeros, which every model is tried with.</summary>
    private string NeverAnswersPositives()
    {
        var path = PathOf("never-answers-positives.pt");
        File.Copy(Fixture("never-answers.pt"), path);
        using var archive = ZipFile.Open(path, ZipArchiveMode.Update);
        var entry = archive.GetEntry("never-answers/code/__torch__.py")!;
        using var reader = new StreamReader(entry.Open());
        var code = reader.ReadToEnd();
        var changed = code
            .Replace("torch.lt(torch.sum(x), 1e+30)", "torch.gt(torch.sum(x), 1.)", StringComparison.Ordinal)
            .Replace("torch.lt(torch.sum(y0), 1e+30)", "torch.gt(torch.sum(y0), -10.)", StringComparison.Ordinal);
        Assert.DoesNotContain("torch.lt", changed, StringComparison.Ordinal);
        reader.Dispose();
        entry.Delete();
        using var writer = new StreamWriter(archive.CreateEntry(entry.FullName, CompressionLevel.NoCompression).Open());
        writer.Write(changed);
        return path;
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string model)
    {
        using var content = new StringContent(Request, Encoding.UTF8, "application/json");
        return await client.PostAsync(new Uri($"{model}/infer"), content, TestContext.Current.CancellationToken);
    }
}
