using System.Text.Json;

namespace Utaf.Endpoints.Protocols;

/// <summary>An online endpoint of Azure Machine Learning that serves an MLflow model: "input_data" as a table or as arrays.</summary>
internal sealed class AzureMl : JsonProtocol
{
    private const string TableForm = "table", ArrayForm = "array";

    private readonly string form;
    private readonly IReadOnlyList<string> columns;
    private readonly JsonPointer answersAt;

    /// <param name="setup">The url is the endpoint's scoring address as the portal shows it, <c>…/score</c>.</param>
    public AzureMl(ProtocolSetup setup)
        : base(setup)
    {
        columns = setup.Columns();
        form = setup.Form(columns.Count > 0 ? TableForm : ArrayForm, TableForm, ArrayForm);
        answersAt = setup.AnswersAt("");
        if (form == ArrayForm && columns.Count > 0)
        {
            throw Errors.UselessSetting(setup.Origin, $"{setup.Protocol} in the form {form}", "request.columns", []);
        }
    }

    public override Uri Address => Setup.Url;

    protected override void Write(Utf8JsonWriter writer, QueryBatch batch)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("input_data");
        if (form == TableForm)
        {
            Table.WriteSplit(writer, Setup.Inputs, columns, batch, withIndex: true);
        }
        else
        {
            Setup.Inputs.WriteAll(writer, batch);
        }

        writer.WriteEndObject();
    }

    protected override float[][] Read(JsonElement answer, QueryBatch batch) => Setup.Answers.Read(answersAt.In(answer), batch.Count);
}
