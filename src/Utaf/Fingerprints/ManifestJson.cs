using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Utaf.Fingerprints;

/// <summary>
/// The manifest's JSON: generated code, so trimming and a quick start stay possible. Missing keys are errors, unknown ones are
/// not. The line end is fixed because the bytes are hashed.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true,
    NewLine = "\n",
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(PairManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext
{
    /// <summary>Letters beyond ASCII stay letters: the text goes into files and reports, never into HTML unescaped.</summary>
    public static ManifestJson Readable =>
        field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
