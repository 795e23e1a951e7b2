using System.Text.Json;
using Utaf.Tool.Output;

namespace Utaf.Tool.Documents;

/// <summary>What the tool runs on.</summary>
/// <param name="Tool">The tool's version.</param>
/// <param name="DotNet">The runtime.</param>
/// <param name="System">Operating system and runtime identifier.</param>
/// <param name="Processors">Logical processors.</param>
/// <param name="Torch">Null where torch does not load.</param>
/// <param name="Cache">For cured native libraries.</param>
/// <param name="Store">Where the store is a folder.</param>
/// <param name="Missing">What is missing, and what to do.</param>
internal sealed record DoctorDocument(
    string Tool,
    string DotNet,
    string System,
    int Processors,
    TorchReport? Torch,
    FolderReport Cache,
    FolderReport? Store,
    IReadOnlyList<string> Missing) : Document
{
    public override string ToJson() => JsonSerializer.Serialize(this, ToolJson.Readable.DoctorDocument);

    public override void WriteTo(TextPage page)
    {
        page.Facts(
        [
            ("utaf", Tool),
            (".NET", DotNet),
            ("System", $"{System}, {Processors} processors"),
            .. Torch?.Facts() ?? [("torch", new Cell("does not load", Tone.Bad))],
            ("Cache", Cache.ToCell()),
            .. Store is null ? [] : ((string, Cell)[])[("Store", Store.ToCell())],
        ]);
        foreach (var what in Missing)
        {
            page.Line(what, Tone.Bad);
        }

        if (Missing.Count == 0)
        {
            page.Line("Nothing is missing.", Tone.Good);
        }
    }
}

/// <summary>The native library as it was loaded.</summary>
/// <param name="TorchSharp">TorchSharp's version.</param>
/// <param name="Library">The file.</param>
/// <param name="Folder">The folder of libtorch itself.</param>
/// <param name="Cured">Whether the file is a cured copy.</param>
/// <param name="Reason">Why it had to be cured.</param>
/// <param name="Threads">Intra-op threads.</param>
/// <param name="Devices">The machine's devices.</param>
/// <param name="Device">The chosen one.</param>
internal sealed record TorchReport(
    string TorchSharp, string Library, string Folder, bool Cured, string? Reason, int Threads, IReadOnlyList<string> Devices, string Device)
{
    public (string, Cell)[] Facts() =>
    [
        ("TorchSharp", TorchSharp),
        ("Library", Cured ? $"{Library}, a cured copy, since the original does not load: {LastLine(Reason)}" : $"{Library}, as it is"),
        ("libtorch", Folder),
        ("Threads", Numbers.Count(Threads)),
        ("Devices", $"{string.Join(", ", Devices)}; chosen: {Device}"),
    ];

    // The runtime's advice comes first; the loader's own words are the last line.
    private static string LastLine(string? text) => (text ?? "").Trim().Split('\n')[^1];
}

/// <summary>A folder that is written to.</summary>
/// <param name="Folder">Its path.</param>
/// <param name="Writable">Whether it can be written.</param>
internal sealed record FolderReport(string Folder, bool Writable)
{
    public Cell ToCell() => Writable ? $"{Folder}, writable" : new Cell($"{Folder}, not writable", Tone.Bad);
}
