using System.Text.Json;
using Utaf.Tool.Output;

namespace Utaf.Tool.Documents;

/// <summary>The shards of an ensemble as the matrix of a GitHub Actions job, in one line.</summary>
/// <param name="Shard">One job each; shards without members are left out.</param>
internal sealed record MatrixDocument(IReadOnlyList<string> Shard) : Document
{
    public override string ToJson() => JsonSerializer.Serialize(this, ToolJson.Dense.MatrixDocument);

    public override void WriteTo(TextPage page) => page.Line(ToJson());
}
