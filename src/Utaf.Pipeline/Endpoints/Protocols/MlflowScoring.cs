using System.Text.Json;

namespace Utaf.Endpoints.Protocols;

/// <summary>MLflow's scoring server: a table ("dataframe_split", "dataframe_records") or tensors ("inputs", "instances").</summary>
internal sealed class MlflowScoring : JsonProtocol
{
    private const string Split = "dataframe_split", Records = "dataframe_records", Inputs = "inputs", Instances = "instances";

    private readonly string form;
    private readonly IReadOnlyList<string> columns;
    private readonly JsonPointer answersAt;

    /// <param name="setup">The url is that of the server, with <c>/invocations</c> or without.</param>
    public MlflowScoring(ProtocolSetup setup)
        : base(setup)
    {
        columns = setup.Columns();
        form = setup.Form(columns.Count > 0 ? Split : Inputs, Split, Records, Inputs, Instances);
        answersAt = setup.AnswersAt("/predictions");
        Address = ProtocolSetup.Extended(ProtocolSetup.Without(setup.Url, "/invocations"), "/invocations");
        if (form == Records && columns.Count == 0)
        {
            throw Errors.SettingMissing(setup.Origin, setup.Protocol, "request.columns", "in the form dataframe_records each number has a name");
        }

        if (form is Inputs or Instances && columns.Count > 0)
        {
            throw Errors.UselessSetting(setup.Origin, $"{setup.Protocol} in the form {form}", "request.columns", []);
        }
    }

    public override Uri Address { get; }

    protected override void Write(Utf8JsonWriter writer, QueryBatch batch)
    {
        writer.WriteStartObject();
        writer.WritePropertyName(form);
        switch (form)
        {
            case Split:
                Table.WriteSplit(writer, Setup.Inputs, columns, batch, withIndex: false);
                break;
            case Records:
                Table.WriteRecords(writer, Setup.Inputs, columns, batch);
                break;
            default:
                Setup.Inputs.WriteAll(writer, batch);
                break;
        }

        writer.WriteEndObject();
    }

    protected override float[][] Read(JsonElement answer, QueryBatch batch) => Setup.Answers.Read(answersAt.In(answer), batch.Count);
}
