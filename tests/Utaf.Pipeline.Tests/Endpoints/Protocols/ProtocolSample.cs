using System.Globalization;
using System.Text;
using Utaf.Configuration;
using Utaf.Endpoints;
using Utaf.Fingerprints;
using Utaf.Tests;

namespace Utaf.Pipeline.Tests.Endpoints.Protocols;

/// <summary>A protocol in one of its forms, with the service's side of it.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Settings">The suspect.</param>
/// <param name="AnswersAt">JSON Pointer to the part of the answer in which everything matters.</param>
/// <param name="Answer">What the service answers with these rows.</param>
internal sealed record ProtocolSample(string Name, SuspectSettings Settings, string AnswersAt, Func<float[][], QueryBatch, string> Answer)
{
    /// <summary>d_out.</summary>
    public const int Width = 3;

    private static readonly string[] Labels = ["cat", "dog/hound", "~owl"];

    /// <summary>Members among the answers that say nothing.</summary>
    public string[] Irrelevant { get; init; } = [];

    public static PairManifest Manifest { get; } = SamplePairs.Manifest with
    {
        Examples = 4,
        Input = new InputSpecification([1, 2], 0, 1),
        Output = new OutputSpecification(Width, OutputSpace.Probabilities),
    };

    public static IReadOnlyList<ProtocolSample> All { get; } =
    [
        new("open-inference, flat", Suspect("open-inference", "http://rival.test/v2/models/m"), "/outputs/0/data", (rows, batch) =>
            $$"""{"model_name":"m","id":"{{batch.Id}}","outputs":[{"name":"p","datatype":"FP32","shape":[{{rows.Length}},3],"data":[{{string.Join(',', rows.SelectMany(row => row).Select(Text))}}]}]}"""),
        new("open-inference, nested", Suspect("open-inference", "http://rival.test/v2/models/m", response: new() { OutputName = "p" }), "/outputs/1/data", (rows, _) =>
            $$"""{"outputs":[{"name":"top","datatype":"BYTES","shape":[1],"data":["a"]},{"name":"p","datatype":"FP64","shape":[{{rows.Length}},3],"data":{{Nested(rows)}}}]}"""),
        new("tensorflow-serving, rows", Suspect("tensorflow-serving", "http://rival.test/v1/models/m"), "/predictions", (rows, _) =>
            $$"""{"predictions":{{Nested(rows)}}}"""),
        new("tensorflow-serving, named rows", Suspect("tensorflow-serving", "http://rival.test/v1/models/m", response: new() { OutputName = "p" }), "/predictions", (rows, _) =>
            $$"""{"predictions":[{{string.Join(',', rows.Select(row => $$"""{"p":{{Row(row)}},"best":"cat"}"""))}}]}""") { Irrelevant = ["best"] },
        new("tensorflow-serving, columns", Suspect("tensorflow-serving", "http://rival.test/v1/models/m", new() { Form = "inputs" }), "/outputs", (rows, _) =>
            $$"""{"outputs":{{Nested(rows)}}}"""),
        new("mlflow, arrays", Suspect("mlflow", "http://rival.test/"), "/predictions", (rows, _) => $$"""{"predictions":{{Nested(rows)}}}"""),
        new("mlflow, numbered columns", Suspect("mlflow", "http://rival.test/"), "/predictions", (rows, _) =>
            $$"""{"predictions":[{{string.Join(',', rows.Select(row => Members(["0", "1", "2"], row)))}}]}"""),
        new("azure-ml, named columns", Suspect("azure-ml", "http://rival.test/score", response: new() { Classes = Labels }), "", (rows, _) =>
            $"[{string.Join(',', rows.Select(row => Members(Labels, row)))}]"),
        new("azure-ml, at a place", Suspect("azure-ml", "http://rival.test/score", response: new() { AnswersAt = "/result/1" }), "/result/1", (rows, _) =>
            $$"""{"result":["ok",{{Nested(rows)}}]}"""),
        new("hugging-face, image classification", Suspect("hugging-face", "http://rival.test/m", new() { Encoding = "png" }, new() { Classes = Labels }), "", (rows, _) =>
            Scores(Labels, rows[0])),
        new("hugging-face, features", Suspect("hugging-face", "http://rival.test/m"), "", (rows, _) => Nested(rows)),
        new("openai-embeddings, numbers", Suspect("openai-embeddings", "http://rival.test/v1", new() { Model = "e" }), "/data", (rows, _) =>
            $$"""{"object":"list","data":[{{string.Join(',', rows.Select((row, i) => $$"""{"object":"embedding","index":{{i}},"embedding":{{Row(row)}}}""").Reverse())}}],"model":"e"}""") { Irrelevant = ["object"] },
        new("openai-embeddings, base64", Suspect("openai-embeddings", "http://rival.test/v1", new() { Model = "e", Form = "base64" }), "/data", (rows, _) =>
            $$"""{"data":[{{string.Join(',', rows.Select((row, i) => $$"""{"index":{{i}},"embedding":"{{Convert.ToBase64String(Bytes(row))}}"}"""))}}]}"""),
        new(
            "template, labels and scores",
            Suspect("template", "http://rival.test/x", new() { Body = """{"rows":{{inputs}},"all":true}""" }, new() { Classes = Labels, AnswersAt = "/a~1b/0" }),
            "/a~1b/0",
            (rows, _) => $$"""{"a/b":[[{{string.Join(',', rows.Select(row => Scores(Labels, row)))}}]]}"""),
    ];

    public IPredictionProtocol Protocol => PredictionProtocols.Create(Settings, Manifest);

    public static ProtocolSample Named(string name) => All.Single(sample => sample.Name == name);

    public static TheoryData<string> Names() => [.. All.Select(sample => sample.Name)];

    /// <summary>Inputs that may be tokens, too.</summary>
    public static QueryBatch Batch(int count) => new("7", Enumerable.Range(0, count * 2).Select(i => (float)(i % 2)).ToArray(), count);

    /// <summary>Different for every input; a distribution.</summary>
    public static float[][] Rows(int count) => [.. Enumerable.Range(0, count).Select(i => new[] { 0.1f + (0.01f * i), 0.2f, 0.7f - (0.01f * i) })];

    /// <summary>The most inputs that the protocol takes, up to four.</summary>
    public int Count => Math.Min(Protocol.MaxBatch ?? 4, 4);

    public byte[] Good() => Encoding.UTF8.GetBytes(Answer(Rows(Count), Batch(Count)));

    public IEnumerable<BrokenAnswer> Broken() => BrokenAnswers.Of(Good(), AnswersAt, Irrelevant);

    public override string ToString() => Name;

    private static SuspectSettings Suspect(string protocol, string url, RequestSettings? request = null, ResponseSettings? response = null) =>
        new() { Name = "rival", Url = new Uri(url), Protocol = protocol, Request = request ?? new(), Response = response ?? new() };

    private static string Text(float number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Row(float[] row) => $"[{string.Join(',', row.Select(Text))}]";

    private static string Nested(float[][] rows) => $"[{string.Join(',', rows.Select(Row))}]";

    private static string Members(string[] names, float[] row) => $$"""{{{string.Join(',', row.Select((number, i) => $"\"{names[i]}\":{Text(number)}"))}}}""";

    /// <summary>The best first, as classifiers list them.</summary>
    private static string Scores(string[] labels, float[] row) =>
        $"[{string.Join(',', row.Select((score, i) => (score, i)).OrderByDescending(one => one.score).Select(one => $$"""{"label":"{{labels[one.i]}}","score":{{Text(one.score)}}}"""))}]";

    private static byte[] Bytes(float[] row) => [.. row.SelectMany(BitConverter.GetBytes)];
}
