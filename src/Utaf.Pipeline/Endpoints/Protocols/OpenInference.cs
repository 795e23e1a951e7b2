using System.Text.Json;

namespace Utaf.Endpoints.Protocols;

/// <summary>The Open Inference Protocol, version 2, over REST: KServe, Triton, TorchServe, MLServer, OpenVINO.</summary>
internal sealed class OpenInference : JsonProtocol
{
    private TensorDescription input;

    /// <param name="setup">The url is that of the model, <c>…/v2/models/m</c>, with <c>/versions/v</c> or without.</param>
    public OpenInference(ProtocolSetup setup)
        : base(setup)
    {
        var model = ProtocolSetup.Without(setup.Url, "/infer");
        DescriptionAddress = setup.Request.Model is { } version && !model.AbsolutePath.Contains("/versions/", StringComparison.Ordinal)
            ? ProtocolSetup.Extended(model, $"/versions/{Uri.EscapeDataString(version)}")
            : model;
        Address = ProtocolSetup.Extended(DescriptionAddress, "/infer");

        // What is most likely, for servers that do not describe their tensors.
        input = new TensorDescription(setup.Request.InputName ?? "input0", setup.Inputs.AsPng ? "BYTES" : "FP32", null);
    }

    public override Uri Address { get; }

    public override Uri DescriptionAddress { get; }

    public override int? MaxBatch => input.BatchSize;

    protected override void Check(JsonElement description)
    {
        var described = TensorDescription.Choose(Tensors(description, "inputs"), Setup.Request.InputName, Setup.Suspect, "request.inputName");
        described.CheckAsInput(Setup);
        TensorDescription.Choose(Tensors(description, "outputs"), Setup.Response.OutputName, Setup.Suspect, "response.outputName")
            .CheckAsOutput(Setup);
        input = described;
    }

    protected override void Write(Utf8JsonWriter writer, QueryBatch batch)
    {
        writer.WriteStartObject();
        writer.WriteString("id", batch.Id);
        writer.WriteStartArray("inputs");
        writer.WriteStartObject();
        writer.WriteString("name", input.Name);
        writer.WriteStartArray("shape");
        foreach (var size in Sizes(batch.Count))
        {
            writer.WriteNumberValue(size);
        }

        writer.WriteEndArray();
        writer.WriteString("datatype", input.Datatype);
        writer.WriteStartArray("data");
        for (var i = 0; i < batch.Count; i++)
        {
            Setup.Inputs.WriteFlat(writer, Setup.Inputs.Input(batch, i).Span);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndArray();
        if (Setup.Response.OutputName is { } output)
        {
            writer.WriteStartArray("outputs");
            writer.WriteStartObject();
            writer.WriteString("name", output);
            writer.WriteEndObject();
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    protected override float[][] Read(JsonElement answer, QueryBatch batch)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("outputs", out var outputs) || outputs.ValueKind != JsonValueKind.Array)
        {
            throw new BadAnswerException($"expected an object with 'outputs', found {Found.Kind(answer)}");
        }

        if (answer.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String && id.GetString() is { Length: > 0 } echoed && echoed != batch.Id)
        {
            throw new BadAnswerException("it answers another request: its id is not the one that was sent");
        }

        var output = Output(outputs);
        if (output.TryGetProperty("datatype", out var datatype) && !(datatype.ValueKind == JsonValueKind.String && TensorDescription.IsNumeric(datatype.GetString()!)))
        {
            throw new BadAnswerException($"expected numbers, found the datatype {(datatype.ValueKind == JsonValueKind.String ? Found.Quoted(datatype.GetString()!) : Found.Kind(datatype))}");
        }

        if (!output.TryGetProperty("data", out var data))
        {
            throw new BadAnswerException($"expected 'data' in the output, found {Found.Kind(output)}");
        }

        CheckShape(output, batch.Count);
        return data.ValueKind == JsonValueKind.Array && data.GetArrayLength() > 0 && data[0].ValueKind == JsonValueKind.Array
            ? Setup.Answers.Read(data, batch.Count)
            : Setup.Answers.Flat(data, batch.Count);
    }

    private IEnumerable<int> Sizes(int count) =>
        !Setup.Inputs.AsPng ? [count, .. Setup.Inputs.Shape]
        : input.Shape is { Count: 2 } ? [count, 1]
        : [count];

    private JsonElement Output(JsonElement outputs)
    {
        foreach (var output in outputs.EnumerateArray())
        {
            if (output.ValueKind != JsonValueKind.Object)
            {
                throw new BadAnswerException($"expected objects in 'outputs', found {Found.Kind(output)}");
            }

            if (Setup.Response.OutputName is not { } name || Named(output) == name)
            {
                return Setup.Response.OutputName is null && outputs.GetArrayLength() > 1
                    ? throw new BadAnswerException($"it has {outputs.GetArrayLength()} outputs: name one in response.outputName")
                    : output;
            }
        }

        throw new BadAnswerException(Setup.Response.OutputName is { } wanted ? $"it has no output '{wanted}'" : "it has no outputs");
    }

    private static string? Named(JsonElement output) =>
        output.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;

    private void CheckShape(JsonElement output, int count)
    {
        if (!output.TryGetProperty("shape", out var shape))
        {
            return;
        }

        var sizes = LongsOf(shape) ?? throw new BadAnswerException($"expected a shape of whole numbers, found {Found.Kind(shape)}");
        if (sizes.Count == 0 || sizes[0] != count)
        {
            throw new BadAnswerException($"expected {count} answer(s), found the shape {Found.Shape(sizes.Take(8))}");
        }

        var width = sizes.Skip(1).Aggregate(1d, (product, size) => product * size);
        if (width != Setup.Width)
        {
            throw new BadAnswerException($"expected {Setup.Width} number(s) in each answer, found the shape {Found.Shape(sizes.Take(8))}")
            {
                Width = width is >= 1 and <= int.MaxValue ? (int)width : null,
            };
        }
    }

    private static List<TensorDescription> Tensors(JsonElement description, string list)
    {
        if (description.ValueKind != JsonValueKind.Object || !description.TryGetProperty(list, out var tensors) || tensors.ValueKind != JsonValueKind.Array)
        {
            throw new BadAnswerException($"expected an object with '{list}', found {Found.Kind(description)}");
        }

        return [.. tensors.EnumerateArray().Select(Tensor)];
    }

    private static TensorDescription Tensor(JsonElement tensor) =>
        tensor.ValueKind == JsonValueKind.Object
        && Named(tensor) is { } name
        && tensor.TryGetProperty("datatype", out var datatype) && datatype.ValueKind == JsonValueKind.String
        && tensor.TryGetProperty("shape", out var shape) && LongsOf(shape) is { } sizes
            // Servers that do not know their model's shape say so by [-1]: a batch of they know not what.
            ? new TensorDescription(name, datatype.GetString()!, sizes is [-1] ? null : sizes)
            : throw new BadAnswerException($"expected tensors with name, datatype and shape, found {Found.Kind(tensor)}");

    private static List<long>? LongsOf(JsonElement shape)
    {
        if (shape.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var sizes = new List<long>();
        foreach (var size in shape.EnumerateArray())
        {
            if (size.ValueKind != JsonValueKind.Number || !size.TryGetInt64(out var value))
            {
                return null;
            }

            sizes.Add(value);
        }

        return sizes;
    }
}
