using System.CommandLine;
using Utaf.Fingerprints;
using Utaf.Tool.Documents;
using Utaf.Tool.Options;
using Utaf.Tool.Output;

namespace Utaf.Tool.Commands;

/// <summary>Shows a pair's manifest; its tensors are secret and stay so.</summary>
internal sealed class InspectCommand : UtafCommand
{
    private readonly Argument<string> pair = new("PAIR") { Description = "A pair's file, or NAME[@VERSION|@DIGEST] in the store." };
    private readonly StoreOption store = new();

    public InspectCommand(CommonOptions common, Terminal terminal)
        : base("inspect", "Shows what may be known of a pair: its manifest, never its tensors.", common, terminal)
    {
        Add(pair);
        store.AddTo(this);
        Add(new ConfigurationOption());
    }

    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CommandContext context)
    {
        var wanted = parsed.GetRequiredValue(pair);
        var fetched = IsFile(wanted)
            ? PairOptions.FromFile(wanted)
            : await PairOptions.FromStoreAsync(store.Open(parsed), wanted, context.CancellationToken).ConfigureAwait(false);
        context.Write(new PairDocument(fetched.Sha256, fetched.Place, fetched.Manifest));
        return ExitCode.NoPiracySuspected;
    }

    private static bool IsFile(string wanted) =>
        File.Exists(wanted)
        || wanted.EndsWith(FingerprintPairFile.Extension, StringComparison.OrdinalIgnoreCase)
        || wanted.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal)
        || wanted.Contains('/', StringComparison.Ordinal);
}
