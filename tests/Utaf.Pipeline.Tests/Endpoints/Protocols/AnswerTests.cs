using System.Globalization;
using System.Text;
using CsCheck;
using Utaf.Configuration;
using Utaf.Endpoints;
using Utaf.Fingerprints;

namespace Utaf.Pipeline.Tests.Endpoints.Protocols;

/// <summary>What is said of answers that are none.</summary>
public sealed class AnswerTests
{
    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("<html></html>", "a web page")]
    [InlineData("""{"predictions":[[0.1,NaN,1]]}""", "a bare NaN, which is no JSON: the model gave a number that is not finite")]
    [InlineData("""{"predictions":[[0.1,-Infinity,1]]}""", "a bare Infinity")]
    [InlineData("""{"NaN":"Infinity","predictions":[[0.1,2""", "it is no JSON (line 1, byte")]
    [InlineData("""{"predictions":[[0.1,0.2,0.7]],"predictions":[[0.1,0.2,0.7]]}""", "a name twice")]
    [InlineData("""{"predictions":[["\ud800"]]}""", "found a text")]
    [InlineData("""{"predictions":[{"label":"\ud800","score":1}]}""", "response.classes")]
    [InlineData("""{"predictions":[[0.1,0.2,0.7]]} x""", "it is no JSON")]
    [InlineData("""{"outputs":[[0.1,0.2,0.7]]}""", "expected the answers at /predictions, but there is no 'predictions' in an object with 'outputs'")]
    [InlineData("""[[0.1,0.2,0.7]]""", "there is no 'predictions' in an array of 1")]
    [InlineData("""{"predictions":[[0.1,0.2,null]]}""", "expected a number in answer 0, found null")]
    [InlineData("""{"predictions":[[0.1,0.2,"0.7"]]}""", "expected a number in answer 0, found a text")]
    [InlineData("""{"predictions":[[0.1,0.2,1e300]]}""", "answer 0 has a number that is too large for float32")]
    [InlineData("""{"predictions":[[0.1,0.2,0.7],[0.1,0.2,0.7]]}""", "expected 1 answer(s), found an array of 2")]
    [InlineData("""{"predictions":[]}""", "expected 1 answer(s), found an array of 0")]
    [InlineData("""{"predictions":"cat"}""", "expected 1 answer(s), found a text")]
    [InlineData("""{"predictions":[[[0.1,0.2],[0.7]]]}""", "answer 0 has parts of different sizes")]
    [InlineData("""{"predictions":[{"0":0.1,"1":0.2}]}""", "answer 0 has 2 of 3 classes; '2' is missing")]
    public void The_reason_is_told(string body, string said) =>
        Assert.Contains(said, Assert.Throws<BadAnswerException>(() => Decode(body)).Message, StringComparison.Ordinal);

    [Fact]
    public void Depth_is_capped() =>
        Assert.Contains("deeper than 64", Assert.Throws<BadAnswerException>(() => Decode(new string('[', 65) + new string(']', 65))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"predictions":[[0.1,0.2,0.3,0.4]]}""", 1, 4)]
    [InlineData("""{"predictions":[0.5,0.6]}""", 2, 1)]
    [InlineData("""{"predictions":[[0.5],[0.6]]}""", 2, 1)]
    [InlineData("""{"predictions":[1,2,3,4,5,6,7,8,9,10]}""", 2, 5)]
    [InlineData("""{"predictions":[[0.1,0.2],[0.1,0.2,0.7]]}""", 2, null)]
    [InlineData("""{"predictions":[1,2,3,4,5]}""", 2, null)]
    public void Another_width_is_told_as_a_number(string body, int count, int? width) =>
        Assert.Equal(width, Assert.Throws<BadAnswerException>(() => Decode(body, count)).Width);

    [Theory]
    [InlineData("""{"predictions":[0.1,0.2,0.7]}""")]
    [InlineData("""{"predictions":[[0.1,0.2,0.7]]}""")]
    [InlineData("""{"predictions":[[[0.1],[0.2],[0.7]]]}""")]
    [InlineData("""{"predictions":[{"2":0.7,"0":0.1,"1":0.2,"best":"x"}]}""")]
    [InlineData("\uFEFF{\"predictions\":[[1e-1,2E-1,0.7e0]]}")]
    public void Layouts_are_read(string body) => Assert.Equal([[0.1f, 0.2f, 0.7f]], Decode(body));

    [Theory]
    [InlineData("""[{"label":"b","score":0.2},{"label":"a","score":0.1},{"label":"c","score":0.7}]""", null)]
    [InlineData("""[[{"label":"b","score":0.2},{"label":"a","score":0.1},{"label":"c","score":0.7}]]""", null)]
    [InlineData("""[{"label":"b","score":0.2},{"label":"a","score":0.1}]""", "answer 0 has 2 of 3 classes; 'c' is missing")]
    [InlineData("""[{"label":"b","score":0.2},{"label":"a","score":0.1},{"label":"a","score":0.7}]""", "answer 0 has 'a' twice")]
    [InlineData("""[{"label":"b","score":0.2},{"label":"a","score":0.1},{"label":"C","score":0.7}]""", "answer 0 has 'C', which is none of the declared classes")]
    [InlineData("""[{"label":"b","score":0.2},{"label":"a","score":0.1},{"label":"\u001b[2J\n","score":0.7}]""", "answer 0 has '[2J'")]
    [InlineData("""[{"label":"b","score":0.2},{"label":"a"},{"label":"c","score":0.7}]""", "expected a label and a score in answer 0, found an object with 'label'")]
    [InlineData("""[{"label":"b","score":0.2},{"label":3,"score":0.1},{"label":"c","score":0.7}]""", "expected a label and a score")]
    [InlineData("""[{"label":"b","score":0.2},{"label":"\ud800","score":0.1},{"label":"c","score":0.7}]""", "a text in it is no Unicode")]
    [InlineData("""[{"a":0.1,"b":0.2,"c":0.7}]""", null)]
    [InlineData("""{"a":0.1,"b":0.2,"c":0.7}""", null)]
    [InlineData("""[{"label":"c","a":0.1,"b":0.2,"c":0.7}]""", null)]
    [InlineData("""[{"a":0.1,"b":0.2,"c":0.7,"d":0}]""", "answer 0 has 'd', which is none of the declared classes")]
    public void Labels_are_put_in_the_declared_order(string body, string? said)
    {
        var protocol = Protocol("azure-ml", new() { Classes = ["a", "b", "c"] });
        float[][] Read() => protocol.Decode(Encoding.UTF8.GetBytes(body), ProtocolSample.Batch(1));
        if (said is null)
        {
            Assert.Equal([[0.1f, 0.2f, 0.7f]], Read());
        }
        else
        {
            Assert.Contains(said, Assert.Throws<BadAnswerException>(() => Read()).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_long_text_of_the_suspect_is_not_shown_as_a_secret_cut_in_two_could_not_be_taken_out()
    {
        var label = new string('s', 101);
        var bad = Assert.Throws<BadAnswerException>(() => Protocol("azure-ml", new() { Classes = ["a", "b", "c"] })
            .Decode(Encoding.UTF8.GetBytes($$"""[{"label":"{{label}}","score":0.2}]"""), ProtocolSample.Batch(1)));

        Assert.Contains("a text of 101 characters", bad.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("ss", bad.Message.Replace("classes", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"id":"8","outputs":[{"name":"p","shape":[1,3],"data":[1,2,3]}]}""", "another request")]
    [InlineData("""{"outputs":[{"name":"p","shape":[3,1],"data":[1,2,3]}]}""", "found the shape [3, 1]")]
    [InlineData("""{"outputs":[{"name":"p","shape":[1,4],"data":[1,2,3]}]}""", "found the shape [1, 4]")]
    [InlineData("""{"outputs":[{"name":"p","shape":[],"data":[1,2,3]}]}""", "found the shape []")]
    [InlineData("""{"outputs":[{"name":"p","shape":[1,3],"data":[1,2]}]}""", "3 in all; found 2")]
    [InlineData("""{"outputs":[{"name":"p","datatype":"BYTES","data":["a"]}]}""", "found the datatype 'BYTES'")]
    [InlineData("""{"outputs":[{"name":"p","parameters":{"binary_data_size":12}}]}""", "expected 'data'")]
    [InlineData("""{"outputs":[{"name":"p","data":[1,2,3]},{"name":"q","data":[1,2,3]}]}""", "it has 2 outputs")]
    [InlineData("""{"outputs":[]}""", "no outputs")]
    [InlineData("""{"error":"busy"}""", "found an object with 'error'")]
    public void Open_inference_says_what_is_wrong(string body, string said) => Assert.Contains(
        said,
        Assert.Throws<BadAnswerException>(() => Protocol("open-inference").Decode(Encoding.UTF8.GetBytes(body), ProtocolSample.Batch(1))).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"id":"7","outputs":[{"name":"p","shape":[1,3],"datatype":"FP32","data":[1,2,3]}]}""")]
    [InlineData("""{"outputs":[{"name":"p","shape":[1,3,1],"data":[[[1],[2],[3]]]}]}""")]
    [InlineData("""{"id":null,"outputs":[{"name":"p","data":[1,2,3]}]}""")]
    public void Open_inference_leaves_much_open(string body) =>
        Assert.Equal([[1f, 2f, 3f]], Protocol("open-inference").Decode(Encoding.UTF8.GetBytes(body), ProtocolSample.Batch(1)));

    [Fact]
    public void Embeddings_have_one_place_each() => Assert.Contains(
        "expected each index from 0 to 1 once",
        Assert.Throws<BadAnswerException>(() => PredictionProtocols.Create(ProtocolSample.Named("openai-embeddings, numbers").Settings, ProtocolSample.Manifest)
            .Decode("""{"data":[{"index":1,"embedding":[1,2,3]},{"index":1,"embedding":[1,2,3]}]}"""u8.ToArray(), ProtocolSample.Batch(2))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void One_number_per_answer_needs_no_rows()
    {
        var manifest = ProtocolSample.Manifest with { Output = new OutputSpecification(1, OutputSpace.Raw) };
        var protocol = PredictionProtocols.Create(new SuspectSettings { Name = "r", Url = new Uri("http://h"), Protocol = "mlflow" }, manifest);

        Assert.Equal([[1f], [2f]], protocol.Decode("""{"predictions":[1,2]}"""u8.ToArray(), ProtocolSample.Batch(2)));
        Assert.Equal([[1f], [2f]], protocol.Decode("""{"predictions":[[1],[2]]}"""u8.ToArray(), ProtocolSample.Batch(2)));
    }

    [Fact]
    public void Numbers_are_read_to_the_last_bit() => Check.Sample(
        Gen.Float.Where(value => float.IsFinite(value)).Array[3],
        values => Decode($$"""{"predictions":[[{{string.Join(',', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)))}}]]}""")[0].SequenceEqual(values));

    private static float[][] Decode(string body, int count = 1) =>
        Protocol("tensorflow-serving").Decode(Encoding.UTF8.GetBytes(body), ProtocolSample.Batch(count));

    private static IPredictionProtocol Protocol(string name, ResponseSettings? response = null) =>
        PredictionProtocols.Create(new SuspectSettings { Name = "rival", Url = new Uri("http://h/m"), Protocol = name, Response = response ?? new() }, ProtocolSample.Manifest);
}
