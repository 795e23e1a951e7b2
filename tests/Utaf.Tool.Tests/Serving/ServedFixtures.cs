using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Utaf.Tool.Tests.Support;

namespace Utaf.Tool.Tests.Serving;

/// <summary>One running server over the fixtures' models, for the tests that only ask it.</summary>
public sealed class ServedFixtures : ToolTest, IAsyncLifetime
{
    public static readonly string[] Models =
    [
        "mlp-scripted", "mlp-traced", "classifier-logits", "classifier-probabilities", "classifier-logprobabilities", "cnn-scripted", "cnn-traced",
        "nan", "two-outputs",
    ];

    private RunningTool? server;

    public HttpClient Client { get; } = new();

    /// <summary>What the server said on standard output.</summary>
    public string[] Addresses => server!.Output;

    public string Errors => server!.Errors;

    public async ValueTask InitializeAsync()
    {
        server = new RunningTool(Tool, Folder, ["serve", .. Models.Select(model => Fixture($"{model}.pt")), "--port", "0", "--batch-limit", "600"]);
        await server.UntilAsync(() => server.Output.Length >= Models.Length);
        Client.BaseAddress = new Uri(server.Output[0][..server.Output[0].IndexOf("v2/", StringComparison.Ordinal)]);
    }

    public async Task<(int Status, JsonNode Body)> GetAsync(string path) =>
        await ReadAsync(await Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken));

    /// <summary>Posts JSON as it is written.</summary>
    public async Task<(int Status, JsonNode Body)> PostAsync(string path, string json, string type = "application/json")
    {
        using var content = new StringContent(json, Encoding.UTF8, type);
        return await ReadAsync(await Client.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken));
    }

    public Task<(int Status, JsonNode Body)> InferAsync(string model, JsonNode inputs, params int[] shape) => PostAsync(
        $"v2/models/{model}/infer",
        new JsonObject
        {
            ["inputs"] = new JsonArray(new JsonObject
            {
                ["name"] = "input0",
                ["shape"] = new JsonArray([.. shape.Select(size => (JsonNode)size)]),
                ["datatype"] = "FP32",
                ["data"] = inputs.DeepClone(),
            }),
        }.ToJsonString());

    /// <summary>The numbers that PyTorch computed.</summary>
    public static JsonNode Vectors(string name) => JsonNode.Parse(File.ReadAllText(Fixture($"{name}-vectors.json")))!;

    public static double[] Flat(JsonNode? array) => array is JsonArray items ? [.. items.SelectMany(Flat)] : [array!.GetValue<double>()];

    public ValueTask DisposeAsync()
    {
        server?.Dispose();
        Client.Dispose();
        Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task<(int Status, JsonNode Body)> ReadAsync(HttpResponseMessage response)
    {
        using (response)
        {
            Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
            return ((int)response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))!);
        }
    }
}
