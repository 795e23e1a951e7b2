using Utaf.Configuration;
using Utaf.Endpoints;

namespace Utaf.Pipeline.Tests.Endpoints.Protocols;

/// <summary>Settings are checked before anything is sent, and errors point at their place.</summary>
public sealed class SettingsTests
{
    private static readonly RequestSettings Numbers = new();

    [Fact]
    public void The_usual_protocol_is_open_inference()
    {
        Assert.Equal("open-inference", PredictionProtocols.Create(new SuspectSettings { Name = "rival", Url = new Uri("http://h") }, ProtocolSample.Manifest).Name);
        Assert.All(PredictionProtocols.Names, name => Assert.Contains(ProtocolSample.All, sample => sample.Settings.Protocol == name));
    }

    [Fact]
    public void An_unknown_protocol_is_told_the_known_ones() =>
        Fails("UTAF1610", "'kserve', expected one of: open-inference, tensorflow-serving, mlflow", "kserve", Numbers);

    [Theory]
    [InlineData("sagemaker", "https://h")]
    [InlineData(null, "https://runtime.sagemaker.eu-west-1.amazonaws.com/endpoints/e/invocations")]
    [InlineData("template", "https://runtime-fips.sagemaker.us-east-1.amazonaws.com/endpoints/e/invocations")]
    public void SageMaker_wants_signatures(string? protocol, string url)
    {
        var error = Assert.Throws<UtafException>(() =>
            PredictionProtocols.Create(new SuspectSettings { Name = "rival", Url = new Uri(url), Protocol = protocol }, ProtocolSample.Manifest));

        Assert.Equal(("UTAF1611", ExitCode.Usage, "rival"), (error.Diagnostic.Code, error.Diagnostic.ExitCode, error.Diagnostic.Origin));
    }

    [Fact]
    public void Unknown_forms_and_encodings_are_told_the_known_ones()
    {
        Fails("UTAF1612", "request.form is 'rows'; the protocol tensorflow-serving knows: instances, inputs", "tensorflow-serving", new() { Form = "rows" });
        Fails("UTAF1612", "request.encoding is 'jpeg'; the protocol mlflow knows: numbers, png", "mlflow", new() { Encoding = "jpeg" });
        Fails("UTAF1612", "hugging-face in the form image-classification knows: png", "hugging-face", new() { Form = "image-classification" });
        Fails("UTAF1612", "the protocol openai-embeddings knows: numbers", "openai-embeddings", new() { Model = "e", Encoding = "png" });
    }

    [Fact]
    public void What_a_protocol_cannot_do_without_is_asked_for()
    {
        Fails("UTAF1613", "needs response.classes", "hugging-face", new() { Encoding = "png" });
        Fails("UTAF1613", "needs request.model", "openai-embeddings", Numbers);
        Fails("UTAF1613", "needs request.body", "template", Numbers);
        Fails("UTAF1613", "needs request.columns", "mlflow", new() { Form = "dataframe_records" });
    }

    [Theory]
    [InlineData(new[] { 3 })]
    [InlineData(new[] { -1, -2 })]
    [InlineData(new[] { 65536, 65536, 2 })]
    public void Another_shape_has_as_many_numbers(int[] shape) =>
        Fails("UTAF1614", $"request.shape is [{string.Join(", ", shape)}], expected", "mlflow", new() { Shape = shape });

    [Theory]
    [InlineData(new[] { 2 })]
    [InlineData(new[] { 1, 1, 1, 2 })]
    [InlineData(new[] { 2, 1, 1, 1 })]
    public void Only_images_are_sent_as_images(int[] shape) => Fails("UTAF1615", "Expected [1 or 3", "mlflow", new() { Encoding = "png", Shape = shape });

    [Theory]
    [InlineData(0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1e300)]
    public void A_scale_keeps_inputs_finite(double scale) => Fails("UTAF1616", "request.scale is", "mlflow", new() { Scale = scale });

    [Theory]
    [InlineData(256.5)]
    [InlineData(-255)]
    public void A_scale_keeps_images_within_a_byte(double scale) =>
        Fails("UTAF1616", "from 0 to 255", "mlflow", new() { Encoding = "png", Scale = scale });

    [Fact]
    public void The_place_of_the_answers_is_a_pointer() =>
        Fails("UTAF1617", "response.answersAt is 'outputs'", "mlflow", Numbers, new() { AnswersAt = "outputs" });

    [Theory]
    [InlineData("""{"x":1}""", "no place for the inputs")]
    [InlineData("""{"x":"{{inputs}}"}""", "within a text")]
    [InlineData("""{"x":"{{input}}"}""", "within a text")]
    [InlineData("""{"x":{{inputs}}""", "no JSON")]
    [InlineData("""{"x":{{input}},}""", "no JSON")]
    [InlineData("{{inputs}}{{inputs}}", "no JSON")]
    [InlineData("{{inputs}} {{data}}", "no JSON")]
    public void A_template_is_json_with_a_place_for_the_inputs(string body, string said) => Fails("UTAF1618", said, "template", new() { Body = body });

    [Theory]
    [InlineData(new[] { "a", "b" }, "2 label(s), expected 3")]
    [InlineData(new[] { "a", "b", "a" }, "3 label(s), 'a' more than once")]
    public void There_is_a_label_for_each_class(string[] classes, string said) =>
        Fails("UTAF1621", said, "mlflow", Numbers, new() { Classes = classes });

    [Theory]
    [InlineData(new[] { "a" }, "1 name(s), expected 2")]
    [InlineData(new[] { "a", "a" }, "'a' more than once")]
    public void There_is_a_column_for_each_number(string[] columns, string said) => Fails("UTAF1622", said, "azure-ml", new() { Columns = columns });

    [Fact]
    public void A_setting_without_effect_is_told()
    {
        Fails("UTAF1623", "request.body is set, but the protocol mlflow does not use it", "mlflow", new() { Body = "{}" });
        Fails("UTAF1623", "this one uses: request.body, response.outputName, response.answersAt, response.classes", "template", new() { Body = "{{inputs}}", Model = "m" });
        Fails("UTAF1623", "mlflow in the form inputs does not use it", "mlflow", new() { Form = "inputs", Columns = ["a", "b"] });
        Fails("UTAF1623", "azure-ml in the form array does not use it", "azure-ml", new() { Form = "array", Columns = ["a", "b"] });
        Fails("UTAF1623", "response.answersAt", "open-inference", Numbers, new() { AnswersAt = "/x" });
    }

    private static void Fails(string code, string said, string protocol, RequestSettings request, ResponseSettings? response = null)
    {
        var suspect = new SuspectSettings
        {
            Name = "rival",
            Url = new Uri("http://h/m"),
            Protocol = protocol,
            Request = request,
            Response = response ?? new(),
            Position = new SourcePosition("utaf.json", 12, 5),
        };

        var error = Assert.Throws<UtafException>(() => PredictionProtocols.Create(suspect, ProtocolSample.Manifest));

        Assert.Equal((code, ExitCode.Usage, "utaf.json(12,5)"), (error.Diagnostic.Code, error.Diagnostic.ExitCode, error.Diagnostic.Origin));
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }
}
