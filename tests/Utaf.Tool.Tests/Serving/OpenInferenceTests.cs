using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Utaf.Tool.Tests.Serving;

/// <summary>The running server, asked by the Open Inference Protocol v2.</summary>
public sealed class OpenInferenceTests(ServedFixtures server) : IClassFixture<ServedFixtures>
{
    private const string Valid = """{"inputs":[{"name":"input0","shape":[1,4],"datatype":"FP32","data":[1,2,3,4]}]}""";

    [Fact]
    public void Each_model_has_its_address_on_standard_output_once_the_server_is_ready()
    {
        Assert.Equal(ServedFixtures.Models.Select(model => $"{server.Client.BaseAddress}v2/models/{model}"), server.Addresses);
        Assert.StartsWith("http://127.0.0.1:", server.Addresses[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v2/health/live", """{"live":true}""")]
    [InlineData("v2/health/ready", """{"ready":true}""")]
    [InlineData("v2/models/mlp-scripted/ready", """{"name":"mlp-scripted","ready":true}""")]
    [InlineData("v2/models/mlp-scripted/versions/1/ready", """{"name":"mlp-scripted","ready":true}""")]
    [InlineData("v2", """{"name":"utaf","version":"VERSION","extensions":[]}""")]
    public async Task Health_and_the_servers_metadata_are_told(string path, string expected)
    {
        var (status, body) = await server.GetAsync(path);
        Assert.Equal(200, status);
        Assert.Equal(expected.Replace("VERSION", Release.ToolVersion.Text, StringComparison.Ordinal), body.ToJsonString());
    }

    [Theory]
    [InlineData("v2/models/classifier-logits", "[-1,4]", "[-1,3]")]
    [InlineData("v2/models/mlp-scripted/versions/1", "[-1,5]", "[-1,1]")]
    [InlineData("v2/models/cnn-traced", "[-1]", "[-1]")]
    public async Task A_models_metadata_has_the_shapes_as_far_as_they_are_known(string path, string inputs, string outputs)
    {
        var (status, body) = await server.GetAsync(path);
        Assert.Equal(200, status);
        Assert.Equal("pytorch_torchscript", body["platform"]!.GetValue<string>());
        Assert.Equal("[\"1\"]", body["versions"]!.ToJsonString());
        Assert.Equal($$"""[{"name":"input0","datatype":"FP32","shape":{{inputs}}}]""", body["inputs"]!.ToJsonString());
        Assert.Equal($$"""[{"name":"output0","datatype":"FP32","shape":{{outputs}}}]""", body["outputs"]!.ToJsonString());
        if (inputs == "[-1]")
        {
            Assert.Contains("cnn-traced is not known, so its metadata cannot tell it: give it with --input-shape", server.Errors, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("mlp-scripted", "mlp", "outputs", 1)]
    [InlineData("mlp-traced", "mlp", "outputs", 1)]
    [InlineData("classifier-logits", "classifier", "logits", 3)]
    [InlineData("classifier-probabilities", "classifier", "probabilities", 3)]
    [InlineData("classifier-logprobabilities", "classifier", "logProbabilities", 3)]
    [InlineData("cnn-scripted", "cnn", "outputs", 4)]
    [InlineData("cnn-traced", "cnn", "outputs", 4)]
    public async Task Answers_are_those_that_PyTorch_computed_for_nested_and_for_flat_inputs(string model, string vectors, string outputs, int width)
    {
        var expected = ServedFixtures.Vectors(vectors);
        var nested = expected["inputs"]!;
        var shape = new List<int>();
        for (var level = nested; level is JsonArray items; level = items[0])
        {
            shape.Add(items.Count);
        }

        foreach (var inputs in (JsonNode[])[nested, new JsonArray([.. ServedFixtures.Flat(nested).Select(value => (JsonNode)value)])])
        {
            var (status, body) = await server.InferAsync(model, inputs, [.. shape]);
            Assert.True(status == 200, body.ToJsonString());
            Assert.Equal(model, body["model_name"]!.GetValue<string>());
            Assert.Equal("1", body["model_version"]!.GetValue<string>());
            var output = Assert.Single(body["outputs"]!.AsArray())!;
            Assert.Equal("output0", output["name"]!.GetValue<string>());
            Assert.Equal("FP32", output["datatype"]!.GetValue<string>());
            Assert.Equal($"[{shape[0]},{width}]", output["shape"]!.ToJsonString());
            Assert.Equal(ServedFixtures.Flat(expected[outputs]), ServedFixtures.Flat(output["data"]), (one, other) => Math.Abs(one - other) < 1e-5);
        }
    }

    [Fact]
    public async Task The_request_keeps_its_id_and_may_choose_its_output_and_bring_parameters()
    {
        var (status, body) = await server.PostAsync(
            "v2/models/classifier-logits/versions/1/infer",
            """{"outputs":[{"parameters":{"binary_data":false},"name":"output0"}],"id":"Ä-42","parameters":{"a":[1]},"inputs":[{"data":[[1,2,3,4]],"datatype":"INT32","shape":[1,4],"name":"input0"}],"more":{}}""");
        Assert.True(status == 200, body.ToJsonString());
        Assert.Equal("Ä-42", body["id"]!.GetValue<string>());
        var (_, other) = await server.PostAsync("v2/models/classifier-logits/infer", Valid);
        Assert.Null(other["id"]);
        Assert.Equal(body["outputs"]!.ToJsonString(), other["outputs"]!.ToJsonString());
    }

    [Fact]
    public async Task A_batch_of_any_size_is_answered_like_its_inputs_one_by_one()
    {
        var inputs = Enumerable.Range(0, 600).Select(i => new[] { i / 100.0, (i % 7) - 3, 0.5, -i / 300.0 }).ToList();
        var (status, body) = await server.InferAsync("classifier-logits", new JsonArray([.. inputs.SelectMany(input => input).Select(value => (JsonNode)value)]), 600, 4);
        Assert.Equal(200, status);
        var all = ServedFixtures.Flat(body["outputs"]![0]!["data"]);
        Assert.Equal(1800, all.Length);
        foreach (var i in (int[])[0, 255, 256, 511, 599])
        {
            var (_, one) = await server.InferAsync("classifier-logits", new JsonArray([.. inputs[i].Select(value => (JsonNode)value)]), 1, 4);
            Assert.Equal(ServedFixtures.Flat(one["outputs"]![0]!["data"]), all[(3 * i)..((3 * i) + 3)], (x, y) => Math.Abs(x - y) < 1e-5);
        }
    }

    [Fact]
    public async Task Requests_side_by_side_each_get_their_own_answer()
    {
        var vectors = ServedFixtures.Vectors("classifier");
        string[] models = ["classifier-logits", "classifier-probabilities"];
        string[] outputs = ["logits", "probabilities"];
        await Task.WhenAll(Enumerable.Range(0, 64).Select(async i =>
        {
            var row = i % 4;
            var (status, body) = await server.InferAsync(models[i % 2], vectors["inputs"]![row]!, 1, 4);
            Assert.Equal(200, status);
            Assert.Equal(ServedFixtures.Flat(vectors[outputs[i % 2]]![row]), ServedFixtures.Flat(body["outputs"]![0]!["data"]), (x, y) => Math.Abs(x - y) < 1e-5);
        }));
    }

    [Theory]
    [InlineData("", "no JSON")]
    [InlineData("{\"inputs\":[", "no JSON")]
    [InlineData("{} {}", "no JSON")]
    [InlineData("[]", "the request is to be an object")]
    [InlineData("{}", "no 'inputs'")]
    [InlineData("""{"inputs":7}""", "'inputs' is to be an array")]
    [InlineData("""{"inputs":[7]}""", "'inputs' is to be an array of objects")]
    [InlineData("""{"inputs":[]}""", "the model takes one tensor, input0; found 0")]
    [InlineData("""{"inputs":[{"name":"input0","shape":[1,4],"datatype":"FP32","data":[1,2,3,4]},{"name":"input1"}]}""", "found 2")]
    [InlineData("""{"inputs":[{"shape":[1,4],"datatype":"FP32","data":[1,2,3,4]}]}""", "an input has no 'name'")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1,4],"datatype":"FP32","data":[1,2,3,4]}]}""", "there is no input 'x', expected input0")]
    [InlineData("""{"inputs":[{"name":"input0","datatype":"FP32","data":[1,2,3,4]}]}""", "no 'shape'")]
    [InlineData("""{"inputs":[{"name":"input0","shape":[1,4],"data":[1,2,3,4]}]}""", "no 'datatype'")]
    [InlineData("""{"inputs":[{"name":"input0","shape":[1,4],"datatype":"FP32"}]}""", "no 'data'")]
    [InlineData("""{"inputs":[{"name":"input0","shape":[],"datatype":"FP32","data":[1]}]}""", "'shape' is to be [N, …]")]
    [InlineData("""{"inputs":[{"name":"input0","shape":[0,4],"datatype":"FP32","data":[]}]}""", "at least 1")]
    [InlineData("""{"inputs":[{"name":"input0","shape":[1,-4],"datatype":"FP32","data":[1]}]}""", "at least 1")]
    [InlineData("""{"inputs":[{"name":"input0","shape":[1,4.5],"datatype":"FP32","data":[1]}]}""", "whole numbers")]
    [InlineData("""{"inputs":[{"name":"input0","shape":[1,4],"datatype":"BYTES","data":["aa=="]}]}""", "else than numbers")]
    [InlineData("""{"inputs":[{"name":"input0","shape":[1,4],"datatype":"BOOL","data":[1,0,1,0]}]}""", "datatype 'BOOL' is not taken")]
    [InlineData("""{"inputs":[{"name":"input0","shape":[1,4],"datatype":"FP32","data":[1,2,3]}]}""", "data has 3 numbers, expected 4")]
    [InlineData("""{"inputs":[{"name":"input0","shape":[2147483647,2147483647,2147483647,4],"datatype":"FP32","data":[1]}]}""", "data has 1 numbers, expected")]
    [InlineData("""{"inputs":[{"name":"input0","shape":[2,4],"datatype":"FP32","data":[[1,2,3,4],[5,6,7]]}]}""", "differ in length")]
    [InlineData("""{"inputs":[{"name":"input0","shape":[2,4],"datatype":"FP32","data":[[1,2],[3,4],[5,6],[7,8]]}]}""", "nested as [4,2], expected the shape [2,4]")]
    [InlineData("""{"inputs":[{"name":"input0","shape":[2,4],"datatype":"FP32","data":[1,[2]]}]}""", "numbers beside arrays")]
    [InlineData("""{"inputs":[{"name":"input0","shape":[1,4],"datatype":"FP32","data":7}]}""", "data is to be an array")]
    [InlineData("""{"inputs":[{"name":"input0","shape":[1,4],"datatype":"FP32","data":[1,2,3,null]}]}""", "else than numbers")]
    [InlineData("""{"inputs":[{"name":"input0","shape":[1,4],"datatype":"FP32","data":[1,2,3,NaN]}]}""", "no JSON")]
    [InlineData("""{"inputs":[{"name":"input0","shape":[1,4],"datatype":"FP64","data":[1,2,3,1e39]}]}""", "number 3 of data is 1E+39")]
    [InlineData("""{"inputs":[{"name":"input0","shape":[1,4],"datatype":"FP32","data":[1,2,3,1e999]}]}""", "number 3 of data is")]
    [InlineData("""{"inputs":[{"name":"input0","shape":[1,4],"datatype":"UINT8","data":[1,2,3,256]}]}""", "no UINT8")]
    [InlineData("""{"inputs":[{"name":"input0","shape":[1,4],"datatype":"INT8","data":[1,2,3,0.5]}]}""", "no INT8")]
    [InlineData("""{"inputs":[{"name":"input0","shape":[1,3],"datatype":"FP32","data":[1,2,3]}]}""", "does not take float32 [1,3]")]
    [InlineData("""{"inputs":[{"name":"input0","shape":[1,4],"datatype":"FP32","data":[1,2,3,4]}],"outputs":[{"name":"y"}]}""", "there is no output 'y', expected output0")]
    [InlineData("""{"inputs":[{"name":"input0","shape":[1,4],"datatype":"FP32","data":[1,2,3,4]}],"outputs":[{}]}""", "an output has no 'name'")]
    [InlineData("""{"id":7}""", "'id' is to be a string")]
    [InlineData("""{"id":"\ud800"}""", "no UTF-8")]
    public async Task A_wrong_request_is_refused_with_400_and_its_error(string body, string error)
    {
        var (status, refusal) = await server.PostAsync("v2/models/classifier-logits/infer", body);
        Assert.True(status == 400, $"{status} {refusal.ToJsonString()}");
        Assert.Equal(["error"], refusal.AsObject().Select(property => property.Key));
        Assert.Contains(error, refusal["error"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v2/models/nobody", "there is no model 'nobody'")]
    [InlineData("v2/models/nobody/ready", "there is no model 'nobody'")]
    [InlineData("v2/models/classifier-logits/versions/2", "no version '2', only 1")]
    [InlineData("v2/models/classifier-logits/explain", "metadata, 'ready' and 'infer'")]
    [InlineData("v1/models/classifier-logits", "nothing here")]
    [InlineData("", "nothing here")]
    public async Task What_is_not_served_is_404(string path, string error)
    {
        var (status, body) = await server.GetAsync(path);
        Assert.Equal(404, status);
        Assert.Contains(error, body["error"]!.GetValue<string>(), StringComparison.Ordinal);
        if (path.StartsWith("v2/models/nobody", StringComparison.Ordinal))
        {
            Assert.Equal(404, (await server.PostAsync("v2/models/nobody/infer", Valid)).Status);
        }
    }

    [Fact]
    public async Task Other_methods_are_405_and_name_the_right_one()
    {
        Assert.Equal(405, (await server.GetAsync("v2/models/classifier-logits/infer")).Status);
        Assert.Equal(405, (await server.PostAsync("v2", "{}")).Status);
        using var request = new HttpRequestMessage(HttpMethod.Delete, new Uri("v2/models/classifier-logits", UriKind.Relative));
        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET"], response.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/octet-stream")]
    public async Task What_a_web_page_could_send_unasked_is_415(string type)
    {
        var (status, body) = await server.PostAsync("v2/models/classifier-logits/infer", Valid, type);
        Assert.Equal(415, status);
        Assert.Contains("expected application/json", body["error"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://example.com")]
    [InlineData("null")]
    public async Task A_web_page_is_refused_whatever_type_it_sends(string origin)
    {
        foreach (var type in (string?[])["application/json", null])
        {
            using var content = new StringContent(Valid, Encoding.UTF8);
            content.Headers.ContentType = type is null ? null : new(type);
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("v2/models/classifier-logits/infer", UriKind.Relative)) { Content = content };
            Assert.Equal(HttpStatusCode.OK, (await server.Client.PostAsync(request.RequestUri, content, TestContext.Current.CancellationToken)).StatusCode);
            request.Headers.Add("Origin", origin);
            using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        }
    }

    [Fact]
    public async Task Tensors_in_binary_form_are_refused()
    {
        using var content = new StringContent(Valid, Encoding.UTF8, "application/json");
        content.Headers.Add("Inference-Header-Content-Length", "80");
        using var response = await server.Client.PostAsync(new Uri("v2/models/classifier-logits/infer", UriKind.Relative), content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task A_batch_above_the_limit_is_413()
    {
        var (status, body) = await server.InferAsync("classifier-logits", new JsonArray([.. Enumerable.Repeat((JsonNode)1, 2404).Select(one => one.DeepClone())]), 601, 4);
        Assert.Equal(413, status);
        Assert.Equal("601 inputs in one request, expected at most 600", body["error"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_413_before_it_is_read()
    {
        // By hand: a client library would go on sending.
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Client.BaseAddress!.Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(
            "POST /v2/models/classifier-logits/infer HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n"u8.ToArray(),
            TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        Assert.Equal("HTTP/1.1 413 Payload Too Large", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_model_without_an_answer_is_500_and_the_server_lives_on()
    {
        var inputs = ServedFixtures.Vectors("mlp")["inputs"]!;
        var (status, body) = await server.InferAsync("nan", inputs, 4, 5);
        Assert.Equal(500, status);
        Assert.Contains("NaN or infinity", body["error"]!.GetValue<string>(), StringComparison.Ordinal);

        (status, body) = await server.InferAsync("two-outputs", inputs, 4, 5);
        Assert.Equal(500, status);
        Assert.Contains("Expected one tensor", body["error"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(200, (await server.InferAsync("mlp-scripted", inputs, 4, 5)).Status);
    }
}
