using System.CommandLine;
using Utaf.Commitments;
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
    private readonly Option<string?> statement = OptionKinds.Text(
        "--commitment",
        "Opens this commitment with the pair. [default: the pair's own, beside its file or in the current folder]",
        "FILE");

    public InspectCommand(CommonOptions common, Terminal terminal)
        : base("inspect", "Shows what may be known of a pair: its manifest, never its tensors.", common, terminal)
    {
        Add(pair);
        store.AddTo(this);
        Add(new ConfigurationOption());
        Add(statement);
    }

    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CommandContext context)
    {
        var wanted = parsed.GetRequiredValue(pair);
        var isFile = IsFile(wanted);
        var fetched = isFile
            ? PairOptions.FromFile(wanted)
            : await PairOptions.FromStoreAsync(store.Open(parsed), wanted, context.CancellationToken).ConfigureAwait(false);
        var commitment = CommitmentFiles.Find(parsed.GetValue(statement), isFile ? wanted : null, fetched.Pair, fetched.Bytes) ?? fetched.Commitment;
        context.Write(new PairDocument(fetched.Sha256, fetched.Place, fetched.Manifest)
        {
            Commitment = commitment is null
                ? null
                : Commitment.Check(commitment.Bytes, fetched.Pair, fetched.Bytes, firstQuery: null, commitment.Place),
        });
        return ExitCode.NoPiracySuspected;
    }

    private static bool IsFile(string wanted) =>
        File.Exists(wanted)
        || wanted.EndsWith(FingerprintPairFile.Extension, StringComparison.OrdinalIgnoreCase)
        || wanted.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal)
        || wanted.Contains('/', StringComparison.Ordinal);
}
