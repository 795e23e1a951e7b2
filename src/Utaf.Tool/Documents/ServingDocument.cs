using System.Text.Json;
using Utaf.Tool.Output;

namespace Utaf.Tool.Documents;

/// <summary>What <c>serve</c> serves, written once it is ready.</summary>
/// <param name="Address">The server's base address.</param>
/// <param name="Models">The models.</param>
internal sealed record ServingDocument(string Address, IReadOnlyList<ServedModelFacts> Models) : Document
{
    public override string ToJson() => JsonSerializer.Serialize(this, ToolJson.Readable.ServingDocument);

    public override void WriteTo(TextPage page)
    {
        // Bare addresses, one a line: a script reads them as they come.
        foreach (var model in Models)
        {
            page.Line(model.Url);
        }
    }
}

/// <summary>A model that is served.</summary>
/// <param name="Name">Its name in addresses.</param>
/// <param name="Url">Where its metadata is; with <c>/infer</c>, where it answers.</param>
/// <param name="File">The TorchScript file.</param>
/// <param name="InputShape">Shape of one input; null where nobody knows it.</param>
/// <param name="OutputShape">Shape of one output; null where nobody knows it.</param>
internal sealed record ServedModelFacts(
    string Name, string Url, string File, IReadOnlyList<long>? InputShape, IReadOnlyList<long>? OutputShape);
