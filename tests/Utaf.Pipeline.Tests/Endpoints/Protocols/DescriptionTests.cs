using System.Text.Json;
using Utaf.Configuration;
using Utaf.Endpoints;

namespace Utaf.Pipeline.Tests.Endpoints.Protocols;

/// <summary>What a model says of its tensors is checked before it is asked anything.</summary>
public sealed class DescriptionTests
{
    internal const string Good = """{"name":"m","versions":["1"],"platform":"x","inputs":[{"name":"x","datatype":"FP32","shape":[-1,1,2]}],"outputs":[{"name":"p","datatype":"FP32","shape":[-1,3]}]}""";

    internal const string GoodTensorFlow = """
        {"model_spec":{"name":"m","version":"1"},"metadata":{"signature_def":{"signature_def":{"serving_default":{
        "inputs":{"x":{"dtype":"DT_FLOAT","tensor_shape":{"dim":[{"size":"-1","name":""},{"size":"1"},{"size":"2"}],"unknown_rank":false}}},
        "outputs":{"p":{"dtype":"DT_FLOAT","tensor_shape":{"dim":[{"size":"-1"},{"size":"3"}]}}}}}}}}
        """;

    [Theory]
    [InlineData("[-1,1,2]")]
    [InlineData("[-1,-1,-1]")]
    [InlineData("[16,1,2]")]
    public void A_shape_with_room_for_the_inputs_is_good(string shape) => Check(Input(shape));

    [Theory]
    [InlineData("[-1,2]", "set request.shape to [2]")]
    [InlineData("[-1,3]", "takes [-1, 3] as 'x'")]
    [InlineData("[1,2]", "takes [1, 2]")]
    [InlineData("[0,1,2]", "takes [0, 1, 2]")]
    [InlineData("[]", "takes []")]
    public void Another_shape_of_inputs_is_an_error(string shape, string said) => Fails("UTAF1602", Input(shape), said);

    [Theory]
    [InlineData("[-1,4]", "the suspect has 4")]
    [InlineData("[-1,3,2]", "the suspect has 6")]
    [InlineData("[-1,9000000000000000000,9]", "the suspect has 2147483647")]
    public void Another_width_of_answers_is_an_error(string shape, string said) => Fails("UTAF1601", Output(shape), said);

    [Theory]
    [InlineData("[-1,3]")]
    [InlineData("[-1]")]
    [InlineData("[-1,-1]")]
    [InlineData("[-1,3,1]")]
    public void Outputs_that_may_have_the_width_are_good(string shape) => Check(Output(shape));

    [Fact]
    public void A_fixed_batch_limits_the_requests()
    {
        var protocol = Protocol();
        using var description = JsonDocument.Parse(Input("[1,1,2]"));
        Assert.Null(protocol.MaxBatch);

        protocol.CheckDescription(description.RootElement);

        Assert.Equal(1, protocol.MaxBatch);
    }

    [Fact]
    public void Several_tensors_want_a_name()
    {
        const string Two = """{"inputs":[{"name":"a","datatype":"FP32","shape":[-1,1,2]},{"name":"b","datatype":"FP32","shape":[-1,1,2]}],"outputs":[{"name":"p","datatype":"FP32","shape":[-1,3]},{"name":"q","datatype":"FP32","shape":[-1,3]}]}""";

        Fails("UTAF1620", Two, "more than one tensor: 'a', 'b'. Name one with request.inputName");
        Fails("UTAF1620", Two, "'p', 'q'. Name one with response.outputName", new() { InputName = "a" });
        Fails("UTAF1620", Two, "no tensor 'c'", new() { InputName = "c" });
        Check(Two, new() { InputName = "b" }, new() { OutputName = "q" });
    }

    [Fact]
    public void The_named_tensors_are_sent_and_asked_for()
    {
        var protocol = Protocol(new() { InputName = "x" }, new() { OutputName = "p" });
        using var description = JsonDocument.Parse(Good);
        protocol.CheckDescription(description.RootElement);

        var request = JsonDocument.Parse(protocol.Encode(ProtocolSample.Batch(2)).Body).RootElement;

        Assert.Equal("""[{"name":"x","shape":[2,1,2],"datatype":"FP32","data":[0,1,0,1]}]""", request.GetProperty("inputs").GetRawText());
        Assert.Equal("""[{"name":"p"}]""", request.GetProperty("outputs").GetRawText());
    }

    [Theory]
    [InlineData("FP64", "[0.5,1]")]
    [InlineData("FP16", "[0.5,1]")]
    public void Numbers_go_into_every_floating_type(string datatype, string data)
    {
        var request = Sent(Input("[-1,1,2]", datatype), 1, [0.5f, 1]);

        Assert.Equal(datatype, request.GetProperty("datatype").GetString());
        Assert.Equal(data, request.GetProperty("data").GetRawText());
    }

    [Fact]
    public void Whole_numbers_go_into_whole_types()
    {
        Assert.Equal("[0,1]", Sent(Input("[-1,1,2]", "INT64"), 1, [0, 1]).GetProperty("data").GetRawText());
        Assert.Equal("[128,255]", Sent(Input("[-1,1,2]", "UINT8"), 255, [0.5f, 1]).GetProperty("data").GetRawText());

        var error = Assert.Throws<UtafException>(() => Sent(Input("[-1,1,2]", "UINT8"), 1, [0.5f, 1]));
        Assert.Equal(("UTAF1624", ExitCode.Usage), (error.Diagnostic.Code, error.Diagnostic.ExitCode));
        Assert.Contains("an input has 0.5. Set request.scale", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rounding_is_noted_as_evidence()
    {
        var protocol = Protocol(new() { Scale = 255 });
        using var description = JsonDocument.Parse(Input("[-1,1,2]", "UINT8"));
        Assert.Null(protocol.Note);

        protocol.CheckDescription(description.RootElement);

        Assert.Contains("rounded to whole numbers", protocol.Note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BOOL", "do not go into it")]
    [InlineData("BYTES", "set request.encoding to 'png'")]
    [InlineData("INT8", "from -128 to 127")]
    public void Numbers_do_not_go_into_other_types(string datatype, string said) =>
        Fails("UTAF1624", Input("[-1,1,2]", datatype), said, new() { Scale = 255 });

    [Fact]
    public void Images_go_into_bytes_only()
    {
        Fails("UTAF1624", Input("[-1]"), "images in base64 go into BYTES only", new() { Encoding = "png" });
        Fails("UTAF1602", Input("[-1,1,2]", "BYTES"), "no single images", new() { Encoding = "png" });
        Check(Input("[-1]", "BYTES"), new() { Encoding = "png" });
        Check(Input("[-1,1]", "BYTES"), new() { Encoding = "png" });
    }

    [Fact]
    public void Answers_must_be_numbers() => Fails("UTAF1624", Output("[-1,3]", "BYTES"), "response.outputName");

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"inputs":[],"outputs":[]}""")]
    [InlineData("""{"inputs":[{}],"outputs":[]}""")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP32","shape":["-1"]}],"outputs":[]}""")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP32","shape":[1e99]}],"outputs":[]}""")]
    [InlineData("""{"inputs":[{"name":"\ud800","datatype":"FP32","shape":[-1]}],"outputs":[]}""")]
    public void What_is_no_description_is_told(string text)
    {
        using var description = JsonDocument.Parse(text);
        Assert.Throws<BadAnswerException>(() => Protocol().CheckDescription(description.RootElement));
    }

    [Fact]
    public void TensorFlow_describes_its_signatures()
    {
        CheckTensorFlow(GoodTensorFlow);
        CheckTensorFlow(GoodTensorFlow.Replace("{\"dim\":[{\"size\":\"-1\",\"name\":\"\"},{\"size\":\"1\"},{\"size\":\"2\"}],\"unknown_rank\":false}", "{\"unknown_rank\":true}", StringComparison.Ordinal));
        FailsTensorFlow("UTAF1602", GoodTensorFlow.Replace("\"2\"", "\"7\"", StringComparison.Ordinal), "takes [-1, 1, 7] as 'x'");
        FailsTensorFlow("UTAF1601", GoodTensorFlow.Replace("\"3\"", "\"7\"", StringComparison.Ordinal), "the suspect has 7");
        FailsTensorFlow("UTAF1624", GoodTensorFlow.Replace("\"x\":{\"dtype\":\"DT_FLOAT\"", "\"x\":{\"dtype\":\"DT_BOOL\"", StringComparison.Ordinal), "BOOL");
        FailsTensorFlow("UTAF1620", GoodTensorFlow, "no signature 'classify': 'serving_default'", new() { InputName = "classify" });
        FailsTensorFlow("UTAF1602", GoodTensorFlow.Replace("\"inputs\":{", "\"inputs\":{\"y\":{\"dtype\":\"DT_FLOAT\"},", StringComparison.Ordinal), "takes several tensors: 'y', 'x'");
    }

    [Fact]
    public void TensorFlows_description_may_be_missing()
    {
        var protocol = PredictionProtocols.Create(ProtocolSample.Named("tensorflow-serving, rows").Settings, ProtocolSample.Manifest);

        Assert.True(protocol.DescriptionIsOptional);
        Assert.Equal("http://rival.test/v1/models/m/metadata", protocol.DescriptionAddress!.ToString());
    }

    private static string Input(string shape, string datatype = "FP32") =>
        $$"""{"inputs":[{"name":"x","datatype":"{{datatype}}","shape":{{shape}}}],"outputs":[{"name":"p","datatype":"FP32","shape":[-1,3]}]}""";

    private static string Output(string shape, string datatype = "FP32") =>
        $$"""{"inputs":[{"name":"x","datatype":"FP32","shape":[-1,1,2]}],"outputs":[{"name":"p","datatype":"{{datatype}}","shape":{{shape}}}]}""";

    private static IPredictionProtocol Protocol(RequestSettings? request = null, ResponseSettings? response = null, string name = "open-inference") =>
        PredictionProtocols.Create(
            new SuspectSettings { Name = "rival", Url = new Uri("http://rival.test/models/m"), Protocol = name, Request = request ?? new(), Response = response ?? new() },
            ProtocolSample.Manifest);

    private static void Check(string description, RequestSettings? request = null, ResponseSettings? response = null, string name = "open-inference")
    {
        using var document = JsonDocument.Parse(description);
        Protocol(request, response, name).CheckDescription(document.RootElement);
    }

    private static void CheckTensorFlow(string description, RequestSettings? request = null) => Check(description, request, name: "tensorflow-serving");

    private static void Fails(string code, string description, string said, RequestSettings? request = null, string name = "open-inference")
    {
        var error = Assert.Throws<UtafException>(() => Check(description, request, name: name));
        Assert.Equal(code, error.Diagnostic.Code);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    private static void FailsTensorFlow(string code, string description, string said, RequestSettings? request = null) =>
        Fails(code, description, said, request, "tensorflow-serving");

    private static JsonElement Sent(string description, double scale, float[] input)
    {
        var protocol = Protocol(new() { Scale = scale });
        using var document = JsonDocument.Parse(description);
        protocol.CheckDescription(document.RootElement);
        using var request = JsonDocument.Parse(protocol.Encode(new QueryBatch("1", input, 1)).Body);
        return request.RootElement.GetProperty("inputs")[0].Clone();
    }
}
