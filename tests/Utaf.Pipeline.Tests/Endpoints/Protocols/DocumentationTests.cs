using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Utaf.Configuration;
using Utaf.Endpoints;
using Utaf.Fingerprints;

namespace Utaf.Pipeline.Tests.Endpoints.Protocols;

/// <summary>The examples of docs/prediction-apis.md: each suspect is understood and sends what stands below it.</summary>
public sealed partial class DocumentationTests
{
    private static readonly JsonSerializerOptions Camel = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new SecretConverter() },
    };

    [Fact]
    public void Every_example_is_understood_and_sends_what_is_said()
    {
        var text = File.ReadAllText(Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(Peers.Peers.Folder))!, "docs", "prediction-apis.md"));
        var examples = Example().Matches(text);
        Assert.Equal(PredictionProtocols.Names, examples.Select(example => example.Groups["name"].Value));
        foreach (Match example in examples)
        {
            var suspect = JsonSerializer.Deserialize<SuspectSettings>(example.Groups["suspect"].Value, Camel)!;
            var images = suspect.Request.Encoding == "png";
            var protocol = PredictionProtocols.Create(suspect, ProtocolSample.Manifest with { Input = new InputSpecification(images ? [28, 28] : [2], 0, 1) });

            Assert.Equal(example.Groups["name"].Value, protocol.Name);
            IsSent(example.Groups["sent"].Value, protocol, images);
        }
    }

    private static void IsSent(string said, IPredictionProtocol protocol, bool images)
    {
        var batch = images ? new QueryBatch("1", new float[784], 1)
            : protocol.Name == "openai-embeddings" ? new QueryBatch("1", new float[] { 12, 7, 3, 44 }, 2)
            : new QueryBatch("1", new float[] { 0.1f, 1, 0.25f, 0 }, 2);
        var sent = System.Text.Encoding.UTF8.GetString(protocol.Encode(batch).Body);

        // Images are cut in the text, and TensorFlow's signature is left out.
        Assert.Equal(said.Replace("…", "", StringComparison.Ordinal), Picture().Replace(sent, "$1").Replace("\"signature_name\":\"serving_default\",", "", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"### `(?<name>[a-z-]+)`\s+```json\n(?<suspect>.*?)```.*?Sent: `(?<sent>[^`]+)`", RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex("(iVBORw0KGgo)[^\"]*")]
    private static partial Regex Picture();

    private sealed class SecretConverter : JsonConverter<Secret>
    {
        public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Secret.Parse(reader.GetString()!)!;

        public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
