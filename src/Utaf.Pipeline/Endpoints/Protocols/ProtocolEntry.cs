using Utaf.Configuration;

namespace Utaf.Endpoints.Protocols;

/// <summary>The settings that some protocols use and others do not.</summary>
[Flags]
internal enum ProtocolSettings
{
    None = 0,
    InputName = 1 << 0,
    Columns = 1 << 1,
    Form = 1 << 2,
    Model = 1 << 3,
    Body = 1 << 4,
    OutputName = 1 << 5,
    AnswersAt = 1 << 6,
    Classes = 1 << 7,
}

/// <summary>A protocol in the list of them.</summary>
/// <param name="Name">Its name in <c>utaf.json</c>.</param>
/// <param name="Uses">The settings that it uses.</param>
/// <param name="Create">Makes it.</param>
internal sealed record ProtocolEntry(string Name, ProtocolSettings Uses, Func<ProtocolSetup, IPredictionProtocol> Create)
{
    private static readonly (ProtocolSettings Setting, string Path, Func<SuspectSettings, bool> IsSet)[] Optional =
    [
        (ProtocolSettings.InputName, "request.inputName", suspect => suspect.Request.InputName is not null),
        (ProtocolSettings.Columns, "request.columns", suspect => suspect.Request.Columns.Count > 0),
        (ProtocolSettings.Form, "request.form", suspect => suspect.Request.Form is not null),
        (ProtocolSettings.Model, "request.model", suspect => suspect.Request.Model is not null),
        (ProtocolSettings.Body, "request.body", suspect => suspect.Request.Body is not null),
        (ProtocolSettings.OutputName, "response.outputName", suspect => suspect.Response.OutputName is not null),
        (ProtocolSettings.AnswersAt, "response.answersAt", suspect => suspect.Response.AnswersAt is not null),
        (ProtocolSettings.Classes, "response.classes", suspect => suspect.Response.Classes.Count > 0),
    ];

    /// <summary>A setting that has no effect was meant to have one.</summary>
    /// <exception cref="UtafException">UTAF1623: there is one.</exception>
    public void CheckUsed(SuspectSettings suspect)
    {
        foreach (var (_, path, _) in Optional.Where(option => !Uses.HasFlag(option.Setting) && option.IsSet(suspect)))
        {
            throw Errors.UselessSetting(
                PredictionProtocols.OriginOf(suspect), Name, path, Optional.Where(option => Uses.HasFlag(option.Setting)).Select(option => option.Path));
        }
    }
}
