using System.Globalization;
using System.Text.Json;

namespace Utaf.Endpoints.Protocols;

/// <summary>TensorFlow Serving's REST API: rows ("instances") or columns ("inputs").</summary>
internal sealed class TensorFlowServing : JsonProtocol
{
    private const string Rows = "instances", Columns = "inputs";

    private static readonly Dictionary<string, string> Datatypes = new()
    {
        ["DT_HALF"] = "FP16",
        ["DT_BFLOAT16"] = "BF16",
        ["DT_FLOAT"] = "FP32",
        ["DT_DOUBLE"] = "FP64",
        ["DT_STRING"] = "BYTES",
    };

    private readonly string form;
    private readonly JsonPointer answersAt;
    private int? batchSize;

    /// <param name="setup">The url is that of the model, <c>…/v1/models/m</c>, with <c>/versions/v</c>, <c>/labels/l</c> and <c>:predict</c> or without.</param>
    public TensorFlowServing(ProtocolSetup setup)
        : base(setup)
    {
        form = setup.Form(Rows, Rows, Columns);
        answersAt = setup.AnswersAt(form == Rows ? "/predictions" : "/outputs");
        var model = ProtocolSetup.Without(setup.Url, ":predict");
        if (setup.Request.Model is { } version && !model.AbsolutePath.Contains("/versions/", StringComparison.Ordinal))
        {
            model = ProtocolSetup.Extended(model, $"/versions/{Uri.EscapeDataString(version)}");
        }

        Address = ProtocolSetup.Extended(model, ":predict");
        DescriptionAddress = ProtocolSetup.Extended(model, "/metadata");
    }

    public override Uri Address { get; }

    public override Uri DescriptionAddress { get; }

    /// <summary>Services that speak like TensorFlow Serving often have no metadata.</summary>
    public override bool DescriptionIsOptional => true;

    public override int? MaxBatch => batchSize;

    private string Signature => Setup.Request.InputName ?? "serving_default";

    protected override void Check(JsonElement description)
    {
        var signatures = Member(Member(Member(description, "metadata"), "signature_def"), "signature_def");
        if (!signatures.TryGetProperty(Signature, out var signature))
        {
            throw Errors.WhichTensor(Setup.Suspect, "signature", "request.inputName", Signature, signatures.EnumerateObject().Select(one => Found.Quoted(one.Name)));
        }

        var inputs = Tensors(Member(signature, "inputs"));
        if (inputs.Count > 1)
        {
            throw Errors.SuspectInput(Setup.Suspect, Found.Shape(Setup.PairShape), $"takes several tensors: {Found.Names(inputs.Select(one => one.Name))}");
        }

        var input = TensorDescription.Choose(inputs, null, Setup.Suspect, "request.inputName");
        input.CheckAsInput(Setup);
        TensorDescription.Choose(Tensors(Member(signature, "outputs")), Setup.Response.OutputName, Setup.Suspect, "response.outputName")
            .CheckAsOutput(Setup);
        batchSize = input.BatchSize;
    }

    protected override void Write(Utf8JsonWriter writer, QueryBatch batch)
    {
        writer.WriteStartObject();
        if (Setup.Request.InputName is { } signature)
        {
            writer.WriteString("signature_name", signature);
        }

        writer.WritePropertyName(form);
        if (Setup.Inputs.AsPng)
        {
            Setup.Inputs.WriteAll(writer, batch, input =>
            {
                writer.WriteStartObject();
                writer.WriteString("b64", Setup.Inputs.Base64(input.Span));
                writer.WriteEndObject();
            });
        }
        else
        {
            Setup.Inputs.WriteAll(writer, batch);
        }

        writer.WriteEndObject();
    }

    protected override float[][] Read(JsonElement answer, QueryBatch batch) => Setup.Answers.Read(answersAt.In(answer), batch.Count);

    private static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.Object
            ? member
            : throw new BadAnswerException($"expected an object with the object '{name}', found {Found.Kind(element)}");

    private static List<TensorDescription> Tensors(JsonElement tensors) => [.. tensors.EnumerateObject().Select(one => Tensor(one.Name, one.Value))];

    private static TensorDescription Tensor(string name, JsonElement tensor)
    {
        var datatype = tensor.ValueKind == JsonValueKind.Object && tensor.TryGetProperty("dtype", out var found) && found.ValueKind == JsonValueKind.String
            ? found.GetString()!
            : throw new BadAnswerException($"expected tensors with 'dtype', found {Found.Kind(tensor)}");
        return new TensorDescription(name, Datatypes.GetValueOrDefault(datatype, datatype.Replace("DT_", "", StringComparison.Ordinal)), ShapeOf(tensor));
    }

    /// <summary>Sizes are texts there, as Protocol Buffers write 64-bit numbers. Null if the rank is unknown.</summary>
    private static List<long>? ShapeOf(JsonElement tensor)
    {
        if (!tensor.TryGetProperty("tensor_shape", out var shape) || shape.ValueKind != JsonValueKind.Object
            || !shape.TryGetProperty("dim", out var sizes) || sizes.ValueKind != JsonValueKind.Array || sizes.GetArrayLength() == 0)
        {
            return null;
        }

        return [.. sizes.EnumerateArray().Select(size =>
            size.ValueKind == JsonValueKind.Object && size.TryGetProperty("size", out var number)
            && long.TryParse(number.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
                ? value
                : throw new BadAnswerException("expected a shape of whole numbers"))];
    }
}
