using System.CommandLine;
using Utaf.Models;
using Utaf.Tool.Documents;
using Utaf.Tool.Options;
using Utaf.Tool.Output;
using Utaf.Torch;
using Utaf.Verification;

namespace Utaf.Tool.Commands;

/// <summary>Stage 3: asks a suspect the fingerprint's inputs and judges its answers.</summary>
internal sealed class VerifyCommand : UtafCommand
{
    private readonly Argument<string> suspect = new("SUSPECT") { Description = "The suspected model: a TorchScript file." };
    private readonly PairOptions pair = new();
    private readonly Option<double?> significance = OptionKinds.Number<double>(
        "--significance",
        "The largest p-value that counts as piracy, in (0, 1). What the held-out models cannot support is inconclusive. [default: the "
            + "threshold alone decides]",
        "a number in (0, 1)");

    public VerifyCommand(CommonOptions common, Terminal terminal)
        : base(
            "verify",
            "Tells whether a suspect is the model or a copy of it. Exit code: 0 no piracy suspected, 1 piracy suspected, 4 inconclusive.",
            common,
            terminal)
    {
        Add(suspect);
        pair.AddTo(this);
        Add(significance);
    }

    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CommandContext context)
    {
        var fetched = await pair.FetchAsync(parsed, context.CancellationToken).ConfigureAwait(false);
        var verdict = await new Verifier(fetched.Pair, fetched.Sha256)
            .VerifyAsync(Open(parsed.GetRequiredValue(suspect), context), parsed.GetValue(significance), context.CancellationToken)
            .ConfigureAwait(false);
        context.Write(new VerdictDocument(verdict));
        return verdict.ExitCode;
    }

    private static TorchScriptSuspect Open(string path, CommandContext context) =>
        new(path, TorchRuntime.Start(context.Settings.Device, context.Settings.Threads));
}
