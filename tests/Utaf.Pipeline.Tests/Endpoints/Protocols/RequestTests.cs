using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Utaf.Configuration;
using Utaf.Endpoints;
using Utaf.Fingerprints;
using Utaf.Verification;

namespace Utaf.Pipeline.Tests.Endpoints.Protocols;

/// <summary>What each protocol sends, and where.</summary>
public sealed class RequestTests
{
    private static readonly QueryBatch Two = new("7", new float[] { 0.1f, 1, -2.5f, 16777216 }, 2);

    [Theory]
    [InlineData("http://h:8080/v2/models/m", null, "http://h:8080/v2/models/m/infer", "http://h:8080/v2/models/m")]
    [InlineData("http://h/v2/models/m/", "3", "http://h/v2/models/m/versions/3/infer", "http://h/v2/models/m/versions/3")]
    [InlineData("http://h/v2/models/m/versions/2", "3", "http://h/v2/models/m/versions/2/infer", "http://h/v2/models/m/versions/2")]
    [InlineData("https://h/a%2Fb/v2/models/m/infer?key=1", "a/b", "https://h/a%2Fb/v2/models/m/versions/a%2Fb/infer?key=1", "https://h/a%2Fb/v2/models/m/versions/a%2Fb?key=1")]
    public void Open_inference_has_a_place_for_the_description_and_one_for_the_batches(string url, string? version, string address, string description)
    {
        var protocol = Protocol("open-inference", url, new() { Model = version });

        Assert.Equal((address, description), (protocol.Address.AbsoluteUri, protocol.DescriptionAddress!.AbsoluteUri));
    }

    [Theory]
    [InlineData("tensorflow-serving", "http://h/v1/models/m", "http://h/v1/models/m:predict")]
    [InlineData("tensorflow-serving", "http://h/v1/models/m/labels/stable:predict", "http://h/v1/models/m/labels/stable:predict")]
    [InlineData("mlflow", "http://h", "http://h/invocations")]
    [InlineData("mlflow", "http://h/a/invocations", "http://h/a/invocations")]
    [InlineData("azure-ml", "https://h/score", "https://h/score")]
    [InlineData("hugging-face", "https://h/models/a/b", "https://h/models/a/b")]
    [InlineData("openai-embeddings", "https://h/v1", "https://h/v1/embeddings")]
    [InlineData("openai-embeddings", "https://h/v1/embeddings", "https://h/v1/embeddings")]
    [InlineData("template", "https://h/x/?v=1", "https://h/x/?v=1")]
    public void The_others_have_one_place(string protocol, string url, string address)
    {
        var request = new RequestSettings { Body = protocol == "template" ? "{{inputs}}" : null, Model = protocol == "openai-embeddings" ? "e" : null };

        Assert.Equal(address, Protocol(protocol, url, request).Address.AbsoluteUri);
    }

    [Theory]
    [InlineData("open-inference", null, """{"id":"7","inputs":[{"name":"input0","shape":[2,1,2],"datatype":"FP32","data":[0.1,1,-2.5,16777216]}]}""")]
    [InlineData("tensorflow-serving", null, """{"instances":[[[0.1,1]],[[-2.5,16777216]]]}""")]
    [InlineData("tensorflow-serving", "inputs", """{"inputs":[[[0.1,1]],[[-2.5,16777216]]]}""")]
    [InlineData("mlflow", null, """{"inputs":[[[0.1,1]],[[-2.5,16777216]]]}""")]
    [InlineData("mlflow", "instances", """{"instances":[[[0.1,1]],[[-2.5,16777216]]]}""")]
    [InlineData("mlflow", "dataframe_split", """{"dataframe_split":{"data":[[0.1,1],[-2.5,16777216]]}}""")]
    [InlineData("azure-ml", null, """{"input_data":[[[0.1,1]],[[-2.5,16777216]]]}""")]
    [InlineData("azure-ml", "table", """{"input_data":{"index":[0,1],"data":[[0.1,1],[-2.5,16777216]]}}""")]
    [InlineData("hugging-face", null, """{"inputs":[[[0.1,1]],[[-2.5,16777216]]]}""")]
    public void Numbers_are_sent_as_documented(string protocol, string? form, string expected) =>
        IsSent(expected, Protocol(protocol, "http://h/m", new() { Form = form }).Encode(Two));

    [Theory]
    [InlineData("mlflow", null, """{"dataframe_split":{"columns":["age","dose"],"data":[[0.1,1],[-2.5,16777216]]}}""")]
    [InlineData("mlflow", "dataframe_records", """{"dataframe_records":[{"age":0.1,"dose":1},{"age":-2.5,"dose":16777216}]}""")]
    [InlineData("azure-ml", null, """{"input_data":{"columns":["age","dose"],"index":[0,1],"data":[[0.1,1],[-2.5,16777216]]}}""")]
    public void Columns_have_names(string protocol, string? form, string expected) =>
        IsSent(expected, Protocol(protocol, "http://h/m", new() { Form = form, Columns = ["age", "dose"] }).Encode(Two));

    [Fact]
    public void TensorFlow_gets_the_signatures_name() =>
        IsSent("""{"signature_name":"s","instances":[[[0.1,1]],[[-2.5,16777216]]]}""", Protocol("tensorflow-serving", "http://h/m", new() { InputName = "s" }).Encode(Two));

    [Fact]
    public void Scale_and_shape_are_the_apis() =>
        IsSent("""{"inputs":[[25.5,255],[-637.5,510]]}""", Protocol("mlflow", "http://h", new() { Scale = 255, Shape = [2] })
            .Encode(new QueryBatch("1", new float[] { 0.1f, 1, -2.5f, 2 }, 2)));

    [Fact]
    public void Embeddings_are_asked_for_tokens()
    {
        var protocol = Protocol("openai-embeddings", "http://h/v1", new() { Model = "e" });
        IsSent("""{"model":"e","input":[[0,1],[16777216,3]],"encoding_format":"float"}""", protocol.Encode(new QueryBatch("1", new float[] { 0, 1, 16777216, 3 }, 2)));

        var error = Assert.Throws<UtafException>(() => protocol.Encode(Two));
        Assert.Equal(("UTAF1619", ExitCode.Usage, "rival"), (error.Diagnostic.Code, error.Diagnostic.ExitCode, error.Diagnostic.Origin));
        Assert.Contains("number 0 of an input is 0.1", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"a": [ {{inputs}} ], "b": "{{ \"x\\"}""", """{"a":[[[[0.1,1]],[[-2.5,16777216]]]],"b":"{{ \"x\\"}""")]
    [InlineData("{{inputs}}", """[[[0.1,1]],[[-2.5,16777216]]]""")]
    public void A_template_has_a_place_for_all_inputs(string body, string expected)
    {
        var protocol = Protocol("template", "http://h", new() { Body = body });

        Assert.Null(protocol.MaxBatch);
        IsSent(expected, protocol.Encode(Two));
    }

    [Fact]
    public void A_template_with_a_place_for_one_input_gets_one_at_a_time()
    {
        var protocol = Protocol("template", "http://h", new() { Body = """{"x":{{input}},"n":"é"}""" });

        Assert.Equal(1, protocol.MaxBatch);
        IsSent("""{"x":[[0.1,1]],"n":"é"}""", protocol.Encode(new QueryBatch("1", new float[] { 0.1f, 1 }, 1)));
    }

    [Fact]
    public void Numbers_are_sent_so_that_they_come_back_bit_for_bit() => Check.Sample(
        Gen.Float.Where(value => float.IsFinite(value)).Array[2],
        values =>
        {
            var sent = JsonNode.Parse(Protocol("mlflow", "http://h").Encode(new QueryBatch("1", values, 1)).Body)!["inputs"]![0]![0]!.AsArray();
            return sent.Select(value => value!.GetValue<float>()).SequenceEqual(values);
        });

    [Theory]
    [InlineData("hugging-face", """{"inputs":"PNG","parameters":{"top_k":3,"function_to_apply":"softmax"}}""")]
    [InlineData("tensorflow-serving", """{"instances":[{"b64":"PNG"}]}""")]
    [InlineData("open-inference", """{"id":"1","inputs":[{"name":"input0","shape":[1],"datatype":"BYTES","data":["PNG"]}]}""")]
    [InlineData("mlflow", """{"inputs":["PNG"]}""")]
    [InlineData("template", """{"url":"data:image/png;base64,PNG","again":"PNG"}""")]
    public void Images_are_sent_in_base64(string name, string expected)
    {
        var protocol = Protocol(
            name,
            "http://h",
            new() { Encoding = "png", Body = name == "template" ? """{"url":"data:image/png;base64,{{input}}","again":{{input}}}""" : null },
            name == "hugging-face" ? new() { Classes = ["a", "b", "c"] } : null);

        var sent = Encoding.UTF8.GetString(protocol.Encode(new QueryBatch("1", new float[] { 0, 1 }, 1)).Body);

        var start = sent.IndexOf("iVBORw0KGgo", StringComparison.Ordinal);
        var image = sent[start..sent.IndexOf('"', start)];
        Assert.Equal(expected, sent.Replace(image, "PNG", StringComparison.Ordinal));
        Assert.Equal(new byte[] { 0x89, (byte)'P', (byte)'N', (byte)'G' }, Convert.FromBase64String(image)[..4]);
        Assert.Contains("images of 8 bits", protocol.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Logits_are_asked_for_where_they_are_wanted()
    {
        var protocol = Protocol("hugging-face", "http://h", new() { Encoding = "png" }, new() { Classes = ["a", "b", "c"], Kind = OutputKind.Logits });

        Assert.Contains("\"function_to_apply\":\"none\"", Encoding.UTF8.GetString(protocol.Encode(new QueryBatch("1", new float[] { 0, 1 }, 1)).Body), StringComparison.Ordinal);
    }

    private static IPredictionProtocol Protocol(string name, string url, RequestSettings? request = null, ResponseSettings? response = null) =>
        PredictionProtocols.Create(
            new SuspectSettings { Name = "rival", Url = new Uri(url), Protocol = name, Request = request ?? new(), Response = response ?? new() },
            ProtocolSample.Manifest with { Input = new InputSpecification([1, 2], 0, 1) });

    private static void IsSent(string expected, PredictionRequest request)
    {
        Assert.Equal("application/json", request.ContentType);
        Assert.Equal(JsonNode.Parse(expected)!.ToJsonString(), JsonNode.Parse(request.Body)!.ToJsonString());
    }
}
