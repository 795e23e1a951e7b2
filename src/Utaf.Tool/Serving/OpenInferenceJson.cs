using System.Text.Json;
using Utaf.Tool.Release;

namespace Utaf.Tool.Serving;

/// <summary>The answers of the Open Inference Protocol v2 (https://github.com/kserve/open-inference-protocol), written directly.</summary>
internal static class OpenInferenceJson
{
    /// <summary>A model file is one version.</summary>
    public const string ModelVersion = "1";

    public static void WriteServer(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("name", "utaf");
        json.WriteString("version", ToolVersion.Text);
        json.WriteStartArray("extensions");
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>{"live": true}, or the like.</summary>
    public static void WriteHealth(Utf8JsonWriter json, string what, string? model = null)
    {
        json.WriteStartObject();
        if (model is not null)
        {
            json.WriteString("name", model);
        }

        json.WriteBoolean(what, value: true);
        json.WriteEndObject();
    }

    public static void WriteModel(Utf8JsonWriter json, ServedModel model)
    {
        json.WriteStartObject();
        json.WriteString("name", model.Name);
        json.WriteStartArray("versions");
        json.WriteStringValue(ModelVersion);
        json.WriteEndArray();
        json.WriteString("platform", "pytorch_torchscript");
        WriteTensor(json, "inputs", InferenceRequest.InputName, model.InputShape);
        WriteTensor(json, "outputs", InferenceRequest.OutputName, model.OutputShape);
        json.WriteEndObject();
    }

    public static void WriteOutputs(Utf8JsonWriter json, ServedModel model, string? id, InferenceOutputs outputs)
    {
        json.WriteStartObject();
        json.WriteString("model_name", model.Name);
        json.WriteString("model_version", ModelVersion);
        if (id is not null)
        {
            json.WriteString("id", id);
        }

        json.WriteStartArray("outputs");
        json.WriteStartObject();
        json.WriteString("name", InferenceRequest.OutputName);
        WriteShape(json, outputs.Shape);
        json.WriteString("datatype", TensorDatatype.Native);
        json.WriteStartArray("data");
        foreach (var value in outputs.Values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void WriteError(Utf8JsonWriter json, string message)
    {
        json.WriteStartObject();
        json.WriteString("error", message);
        json.WriteEndObject();
    }

    private static void WriteTensor(Utf8JsonWriter json, string key, string name, IReadOnlyList<long>? shape)
    {
        json.WriteStartArray(key);
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("datatype", TensorDatatype.Native);

        // -1 is a size that may vary: the number of inputs always. Of a shape that nobody knows only that remains.
        WriteShape(json, [-1, .. shape ?? []]);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteShape(Utf8JsonWriter json, IEnumerable<long> shape)
    {
        json.WriteStartArray("shape");
        foreach (var size in shape)
        {
            json.WriteNumberValue(size);
        }

        json.WriteEndArray();
    }
}
