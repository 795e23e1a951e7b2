using System.Text.Json;
using Utaf.Tool.Output;
using Utaf.Torch;

namespace Utaf.Tool.Documents;

/// <summary>The back ends of torch that there are.</summary>
/// <param name="TorchSharp">The version that they belong to.</param>
/// <param name="Used">The one in use; <c>-</c> is the tool's own.</param>
/// <param name="Before">The one before; null if nothing was changed.</param>
/// <param name="Folder">Where installed ones are.</param>
/// <param name="Installed">Their names.</param>
internal sealed record RuntimesDocument(string TorchSharp, string Used, string? Before, string Folder, IReadOnlyList<string> Installed) : Document
{
    public static RuntimesDocument Of(InstalledTorch installed) =>
        new(InstalledTorch.TorchSharpVersion, installed.Used, installed.Before, installed.Root, installed.Names);

    public override string ToJson() => JsonSerializer.Serialize(this, ToolJson.Readable.RuntimesDocument);

    public override void WriteTo(TextPage page)
    {
        page.Facts(
            ("TorchSharp", TorchSharp),
            ("In use", Name(Used)),
            ("Before", Before is null ? "none: nothing was changed" : $"{Name(Before)}; dotnet utaf runtime undo goes back to it"),
            ("Installed", Installed.Count == 0 ? "none" : string.Join(", ", Installed)),
            ("Folder", Folder));
    }

    private static string Name(string name) => name == InstalledTorch.Own ? "the tool's own" : name;
}
