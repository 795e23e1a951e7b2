using System.CommandLine;
using Utaf.Commitments;
using Utaf.Stores;
using Utaf.Tool.Documents;
using Utaf.Tool.Options;
using Utaf.Tool.Output;
using Utaf.Tool.Release;

namespace Utaf.Tool.Commands;

/// <summary>Puts pairs into a store: files, or those of another store.</summary>
internal sealed class PushCommand : UtafCommand
{
    private readonly Argument<string[]> files = new("FILE")
    {
        Description = "Pairs as files; a NAME.intoto.json beside NAME.utaf goes along. Without any, the pairs of --from.",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private readonly Option<string?> from = OptionKinds.Text(
        "--from",
        $"The store that the pairs come from. [default: {StoreOption.Default}]",
        "ADDRESS");
    private readonly Option<string?> model = OptionKinds.Text(
        "--model",
        "Only this model's pairs of --from; after '@' a version or the beginning of a digest.",
        "NAME[@VERSION|@DIGEST]");
    private readonly StoreOption store = new();

    public PushCommand(CommonOptions common, Terminal terminal)
        : base("push", "Puts pairs into a store. What is there already stays as it is.", common, terminal)
    {
        Add(files);
        Add(from);
        Add(model);
        store.AddTo(this);
        Add(new ConfigurationOption());
        Validators.Add(result =>
        {
            if (result.GetValue(files) is { Length: > 0 } && (result.GetValue(from) ?? result.GetValue(model)) is not null)
            {
                result.AddError("FILE and --from or --model both name the pairs: give one of them");
            }
        });
    }

    public override string AfterStop => Transfer.AfterStop;

    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CommandContext context)
    {
        var target = store.Open(parsed);
        context.Write(parsed.GetValue(files) is { Length: > 0 } named
            ? await PushFilesAsync(named, target, context.CancellationToken).ConfigureAwait(false)
            : await PushStoreAsync(parsed, target, context.CancellationToken).ConfigureAwait(false));
        return ExitCode.NoPiracySuspected;
    }

    private static async Task<TransferDocument> PushFilesAsync(string[] files, IFingerprintStore target, CancellationToken cancellationToken)
    {
        // All of them are read before the first goes: a slip in the last name should not leave half of the work done.
        foreach (var file in files)
        {
            PairOptions.FromFile(file);
        }

        var pairs = new List<StoredPair>();
        foreach (var file in files)
        {
            var commitment = Path.ChangeExtension(file, Commitment.Extension);
            pairs.Add(await target.PutAsync(
                PairOptions.BytesOf(file), File.Exists(commitment) ? PairOptions.BytesOf(commitment) : null, cancellationToken).ConfigureAwait(false));
        }

        return TransferDocument.Of(from: null, target.Address, pairs);
    }

    private async Task<TransferDocument> PushStoreAsync(ParseResult parsed, IFingerprintStore target, CancellationToken cancellationToken)
    {
        var source = store.Open(parsed, parsed.GetValue(from) ?? StoreOption.Default);
        return source.Address == target.Address
            ? throw Errors.BadOption("--store", target.Address, "another store than the one that the pairs come from (--from)")
            : await Transfer.CopyAsync(source, parsed.GetValue(model), target, cancellationToken).ConfigureAwait(false);
    }
}
