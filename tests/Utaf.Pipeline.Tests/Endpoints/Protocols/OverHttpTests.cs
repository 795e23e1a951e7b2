using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Utaf.Configuration;
using Utaf.Endpoints;
using Utaf.Fingerprints;
using Utaf.Verification;

namespace Utaf.Pipeline.Tests.Endpoints.Protocols;

/// <summary>Protocols and transport together: a suspect is asked over HTTP, described or not, whole or broken.</summary>
public sealed class OverHttpTests
{
    private const string Tensors = """{"name":"m","inputs":[{"name":"x","datatype":"FP32","shape":[-1,2]}],"outputs":[{"name":"p","datatype":"FP32","shape":[-1,3]}]}""";

    private static readonly PairManifest Manifest = ProtocolSample.Manifest with
    {
        Examples = 10,
        Input = new InputSpecification([2], 0, 20),
    };

    [Fact]
    public async Task An_open_inference_server_is_described_and_asked()
    {
        using var api = new LoopbackApi(call => call.Method == "GET" ? new Reply(200, Tensors) : OpenInference(call));
        using var questioning = Questioned(api, "open-inference");

        questioning.IsComplete(await questioning.AskAsync());

        Assert.Equal(("GET", "/models/m"), (api.Calls.First().Method, api.Calls.First().Target));
        Assert.All(api.Calls.Skip(1), call => Assert.Equal(("POST", "/models/m/infer"), (call.Method, call.Target)));
        Assert.Empty(questioning.Summary.Notes);
    }

    [Fact]
    public async Task A_server_with_other_tensors_is_asked_nothing()
    {
        using var api = new LoopbackApi(_ => new Reply(200, Tensors.Replace("[-1,2]", "[-1,784]", StringComparison.Ordinal)));
        using var questioning = Questioned(api, "open-inference");

        var error = await questioning.FailsAsync();

        Assert.Equal("UTAF1602", error.Diagnostic.Code);
        Assert.Contains("The pair's inputs are [2]; the suspect takes [-1, 784] as 'x'", error.Message, StringComparison.Ordinal);
        Assert.Equal("GET", Assert.Single(api.Calls).Method);
    }

    [Fact]
    public async Task A_service_without_metadata_is_asked_all_the_same()
    {
        using var api = new LoopbackApi(call => call.Method == "GET" ? new Reply(404) : Rows(call, "instances", "predictions"));
        using var questioning = Questioned(api, "tensorflow-serving");

        questioning.IsComplete(await questioning.AskAsync());

        Assert.Contains("not checked before the first query", Assert.Single(questioning.Summary.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_is_not_there_is_told()
    {
        using var api = new LoopbackApi(_ => new Reply(404));
        using var questioning = Questioned(api, "open-inference");

        Assert.Equal("UTAF1630", (await questioning.FailsAsync()).Diagnostic.Code);
    }

    [Fact]
    public async Task Inputs_that_go_one_at_a_time_do()
    {
        using var api = new LoopbackApi(call => new Reply(200, Answer(Inputs(call)["input"]!.AsArray())));
        using var questioning = Questioned(api, "template", new() { Body = """{"input":{{input}}}""" });

        questioning.IsComplete(await questioning.AskAsync());

        Assert.Equal(10, api.Calls.Count);
    }

    [Fact]
    public async Task Rounding_is_in_the_evidence()
    {
        using var api = new LoopbackApi(call => call.Method == "GET" ? new Reply(200, Tensors.Replace("\"datatype\":\"FP32\",\"shape\":[-1,2]", "\"datatype\":\"UINT8\",\"shape\":[-1,2]", StringComparison.Ordinal)) : OpenInference(call));
        using var questioning = Questioned(api, "open-inference", new() { Scale = 2 });

        await questioning.AskAsync();

        Assert.Equal("Inputs were multiplied by 2 and rounded to whole numbers, which are all that the suspect's tensor takes.", Assert.Single(questioning.Summary.Notes));
    }

    [Fact]
    public async Task Whole_numbers_that_are_none_are_an_error_before_anything_is_sent()
    {
        using var api = new LoopbackApi(_ => new Reply(200, Tensors.Replace("FP32\",\"shape\":[-1,2]", "INT64\",\"shape\":[-1,2]", StringComparison.Ordinal)));
        using var questioning = Questioned(api, "open-inference");

        Assert.Equal("UTAF1624", (await questioning.FailsAsync()).Diagnostic.Code);
        Assert.Equal("GET", Assert.Single(api.Calls).Method);
    }

    [Fact]
    public async Task An_answer_that_breaks_among_good_ones_is_inconclusive()
    {
        // Every third kind: the reading of all of them is tested without a network.
        var broken = BrokenAnswers.Of(Encoding.UTF8.GetBytes(Answer(JsonNode.Parse("[[0.5,1.5],[2.5,3.5],[4.5,5.5],[6.5,7.5]]")!.AsArray(), "predictions")), "/predictions")
            .Where(answer => answer.MustBeRecognised)
            .Where((_, i) => i % 3 == 0);
        byte[] body = [];
        using var api = new LoopbackApi(call => Inputs(call)["inputs"]!.AsArray()[0]![0]!.GetValue<float>() == 8.5f ? new Reply(200, body) : Rows(call, "inputs", "predictions"));
        foreach (var answer in broken)
        {
            body = answer.Body;
            using var questioning = Questioned(api, "mlflow").With(limits => limits with { Shuffle = false });

            var outputs = await questioning.AskAsync();

            Assert.True(outputs.Answered == 6, answer.ToString());
            Assert.StartsWith("4 of 10 answers are missing; the first request that failed: ", outputs.WhyMissing, StringComparison.Ordinal);
            var verdict = await new Verifier(Pair(questioning.Fingerprint), new string('a', 64))
                .VerifyAsync(new Given(outputs), significance: null, TestContext.Current.CancellationToken);
            Assert.Equal(ExitCode.Inconclusive, verdict.ExitCode);
        }
    }

    private static Questioning Questioned(LoopbackApi api, string protocol, RequestSettings? request = null)
    {
        var questioning = new Questioning(api.Url);
        questioning.Suspect = questioning.Suspect with { Protocol = protocol, Request = request ?? new() };
        questioning.Protocol = PredictionProtocols.Create(questioning.Suspect, Manifest);
        return questioning;
    }

    private static JsonNode Inputs(Call call) => JsonNode.Parse(call.Body)!;

    private static Reply OpenInference(Call call)
    {
        var request = Inputs(call);
        var rows = request["inputs"]![0]!["data"]!.AsArray().Select(value => value!.GetValue<float>()).Chunk(2).Select(Questioning.Model).ToArray();
        var data = JsonSerializer.Serialize(rows.SelectMany(row => row));
        return new Reply(200, $$"""{"model_name":"m","id":{{request["id"]!.ToJsonString()}},"outputs":[{"name":"p","datatype":"FP32","shape":[{{rows.Length}},3],"data":{{data}}}]}""");
    }

    private static Reply Rows(Call call, string from, string to) => new(200, Answer(Inputs(call)[from]!.AsArray(), to));

    private static string Answer(JsonArray inputs, string to) =>
        $$"""{"{{to}}":{{JsonSerializer.Serialize(inputs.Select(input => Questioning.Model(input!.Deserialize<float[]>()!)))}}}""";

    private static string Answer(JsonArray input) => JsonSerializer.Serialize(Questioning.Model(input.Deserialize<float[]>()!));

    private static FingerprintPair Pair(Fingerprint fingerprint) => new(
        Manifest,
        fingerprint,
        new MetaVerifier(30, new float[30], [.. Enumerable.Repeat(1f, 30)], new float[60], [0, 0], [0, 0, 0, 0], [3, 0]));

    /// <summary>What was answered already.</summary>
    private sealed class Given(SuspectOutputs outputs) : ISuspect
    {
        public string Name => "rival";

        public Task<SuspectOutputs> QueryAsync(Fingerprint fingerprint, CancellationToken cancellationToken) => Task.FromResult(outputs);
    }
}
