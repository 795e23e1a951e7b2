using System.Text.Json;
using Utaf.Tool.Output;

namespace Utaf.Tool.Documents;

/// <summary>The files of a first configuration.</summary>
/// <param name="Configuration">The configuration.</param>
/// <param name="Schema">Its schema.</param>
internal sealed record InitDocument(string Configuration, string Schema) : Document
{
    public override string ToJson() => JsonSerializer.Serialize(this, ToolJson.Readable.InitDocument);

    public override void WriteTo(TextPage page)
    {
        page.Line($"{Configuration} is written, with {Schema} beside it.");
        page.Line("Say in it what your model is and where its data is, then run: dotnet utaf fingerprint");
    }
}
