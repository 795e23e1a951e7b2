using System.CommandLine;
using Utaf.Commitments;
using Utaf.Stores;
using Utaf.Tool.Documents;
using Utaf.Tool.Options;
using Utaf.Tool.Output;
using Utaf.Tool.Release;

namespace Utaf.Tool.Commands;

/// <summary>Brings pairs of a store here: into another store, or one pair into a file.</summary>
internal sealed class PullCommand : UtafCommand
{
    private readonly Argument<string?> pair = new("PAIR")
    {
        Description = "NAME[@VERSION|@DIGEST]: a model's pairs, or one of them. Without it, all pairs of the store.",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly Option<string?> to = OptionKinds.Text(
        "--to",
        $"The store that the pairs go to. [default: {StoreOption.Default}]",
        "ADDRESS");
    private readonly Option<string?> file = OptionKinds.Text(
        "--output-pair",
        "Writes the one pair to this file instead, decrypted. It is secret: whoever has it can evade it.",
        "FILE");
    private readonly StoreOption store = new();

    public PullCommand(CommonOptions common, Terminal terminal)
        : base("pull", "Brings pairs of a store into another one, or one pair into a file.", common, terminal)
    {
        Add(pair);
        store.AddTo(this);
        Add(to);
        Add(file);
        Add(new ConfigurationOption());
        Validators.Add(result =>
        {
            if (result.GetValue(to) is not null && result.GetValue(file) is not null)
            {
                result.AddError("--to and --output-pair both say where the pair goes: give one of them");
            }
        });
    }

    public override string AfterStop => Transfer.AfterStop;

    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CommandContext context)
    {
        var source = store.Open(parsed);
        var wanted = parsed.GetValue(pair);
        context.Write(parsed.GetValue(file) is { } path
            ? await WriteAsync(source, wanted, path, context.CancellationToken).ConfigureAwait(false)
            : await CopyAsync(source, wanted, parsed, context.CancellationToken).ConfigureAwait(false));
        return ExitCode.NoPiracySuspected;
    }

    private static async Task<TransferDocument> WriteAsync(
        IFingerprintStore source, string? wanted, string path, CancellationToken cancellationToken)
    {
        Writable.RequireFile(path);
        var place = await PairOptions.PlaceAsync(source, wanted, cancellationToken).ConfigureAwait(false);
        var bytes = await source.GetAsync(place, cancellationToken).ConfigureAwait(false);
        var commitment = await source.GetCommitmentAsync(place, cancellationToken).ConfigureAwait(false);
        if (commitment is not null)
        {
            AtomicFile.Write(Path.ChangeExtension(path, Commitment.Extension), commitment);
        }

        AtomicFile.Write(path, bytes);
        return TransferDocument.Of(source.Address, path, [place with { Added = true }]);
    }

    private async Task<TransferDocument> CopyAsync(
        IFingerprintStore source, string? wanted, ParseResult parsed, CancellationToken cancellationToken)
    {
        var target = store.Open(parsed, parsed.GetValue(to) ?? StoreOption.Default);
        return source.Address == target.Address
            ? throw Errors.BadOption("--to", target.Address, "another store than the one that the pairs come from (--store)")
            : await Transfer.CopyAsync(source, wanted, target, cancellationToken).ConfigureAwait(false);
    }
}
