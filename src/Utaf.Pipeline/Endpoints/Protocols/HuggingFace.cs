using System.Text.Json;
using Utaf.Verification;

namespace Utaf.Endpoints.Protocols;

/// <summary>Hugging Face's inference API: one image gives labels with scores, or inputs of numbers give features.</summary>
internal sealed class HuggingFace : JsonProtocol
{
    private const string Classification = "image-classification", Features = "feature-extraction";

    private readonly bool classifies;
    private readonly JsonPointer answersAt;

    public HuggingFace(ProtocolSetup setup)
        : base(setup)
    {
        classifies = setup.Form(setup.Inputs.AsPng ? Classification : Features, Classification, Features) == Classification;
        setup.RequireEncoding(classifies ? InputWriter.Png : InputWriter.Numbers, $"{setup.Protocol} in the form {(classifies ? Classification : Features)}");
        if (classifies && setup.Response.Classes.Count == 0)
        {
            throw Errors.SettingMissing(setup.Origin, setup.Protocol, "response.classes", "answers are labels with scores; name the labels in the order of the protected model's classes");
        }

        answersAt = setup.AnswersAt("");
    }

    public override Uri Address => Setup.Url;

    /// <summary>The classification of images takes one at a time.</summary>
    public override int? MaxBatch => classifies ? 1 : null;

    protected override void Write(Utf8JsonWriter writer, QueryBatch batch)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("inputs");
        if (!classifies)
        {
            Setup.Inputs.WriteAll(writer, batch);
            writer.WriteEndObject();
            return;
        }

        Setup.Inputs.Write(writer, Setup.Inputs.Input(batch, 0).Span);
        writer.WriteStartObject("parameters");
        writer.WriteNumber("top_k", Setup.Width);
        writer.WriteString("function_to_apply", Setup.Response.Kind == OutputKind.Logits ? "none" : "softmax");
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    protected override float[][] Read(JsonElement answer, QueryBatch batch) => Setup.Answers.Read(answersAt.In(answer), batch.Count);
}
