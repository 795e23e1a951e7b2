using System.CommandLine;
using Utaf.Commitments;
using Utaf.Tool.Options;
using Utaf.Tool.Output;
using Utaf.Tool.Release;
using Utaf.Watching;

namespace Utaf.Tool.Commands;

/// <summary>Stage 3: asks a suspect the fingerprint's inputs and judges its answers.</summary>
internal sealed class VerifyCommand : UtafCommand
{
    private readonly SuspectOptions suspect = new();
    private readonly PairOptions pair = new();
    private readonly JudgementOptions judgement = new();
    private readonly Option<string?> commitment = OptionKinds.Text(
        "--commitment",
        "The public commitment to the pair. [default: the store's, or NAME.intoto.json beside the pair or in the current folder]",
        "FILE");

    public VerifyCommand(CommonOptions common, Terminal terminal)
        : base(
            "verify",
            "Tells whether a suspect is the model or a copy of it. Exit code: 0 no piracy suspected, 1 piracy suspected, 4 inconclusive.",
            common,
            terminal)
    {
        suspect.AddTo(this);
        pair.AddTo(this);
        Add(commitment);
        judgement.AddTo(this);
        Add(new ConfigurationOption());
    }

    public override string AfterStop => Investigation.AfterStop;

    protected override DocumentFormat LastFormat => DocumentFormat.Html;

    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CommandContext context)
    {
        var suspected = suspect.Read(parsed, ConfigurationOption.Read(parsed));
        using var investigation = new Investigation(judgement.Read(parsed), context);
        var fetched = await pair.FetchAsync(parsed, suspected.Model, context.CancellationToken).ConfigureAwait(false);
        var statement = CommitmentFiles.Find(parsed.GetValue(commitment), pair.FileOf(parsed), fetched.Pair, fetched.Bytes);
        return await investigation
            .VerifyAsync(new WatchItem(suspected, fetched.Stored), fetched with { Commitment = statement ?? fetched.Commitment })
            .ConfigureAwait(false);
    }
}
