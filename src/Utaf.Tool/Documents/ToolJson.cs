using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Utaf.Ensembles.Costs;
using Utaf.Tool.Release;
using Utaf.Verification;

namespace Utaf.Tool.Documents;

/// <summary>The documents' JSON: generated code, so that a document costs no reflection at start-up.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true,
    NewLine = "\n")]
[JsonSerializable(typeof(FingerprintDocument))]
[JsonSerializable(typeof(PairDocument))]
[JsonSerializable(typeof(ListDocument))]
[JsonSerializable(typeof(TransferDocument))]
[JsonSerializable(typeof(EvaluationDocument))]
[JsonSerializable(typeof(SchemesDocument))]
[JsonSerializable(typeof(CostEstimate))]
[JsonSerializable(typeof(EnsembleStatusDocument))]
[JsonSerializable(typeof(MatrixDocument))]
[JsonSerializable(typeof(DemoDocument))]
[JsonSerializable(typeof(DoctorDocument))]
[JsonSerializable(typeof(InitDocument))]
[JsonSerializable(typeof(RuntimesDocument))]
[JsonSerializable(typeof(ServingDocument))]
[JsonSerializable(typeof(Verdict))]
[JsonSerializable(typeof(SampleList))]
internal sealed partial class ToolJson : JsonSerializerContext
{
    /// <summary>In one line.</summary>
    public static ToolJson Dense => field ??= new(new JsonSerializerOptions(Default.Options) { WriteIndented = false });

    /// <summary>Letters beyond ASCII stay letters.</summary>
    public static ToolJson Readable =>
        field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
