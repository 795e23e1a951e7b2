using System.CommandLine;
using Utaf.Configuration;
using Utaf.Stores;
using Utaf.Tool.Options;
using Utaf.Tool.Output;
using Utaf.Tool.Release;
using Utaf.Watching;

namespace Utaf.Tool.Commands;

/// <summary>Verifies every suspect of the watch list with every stored version of its model.</summary>
internal sealed class WatchCommand : UtafCommand
{
    private const int DefaultParallel = 8;

    private readonly Argument<string[]> suspects = new("SUSPECT")
    {
        Description = "Suspects: names in utaf.json, prediction APIs' URLs, or TorchScript files. [default: the whole list in utaf.json]",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private readonly Option<string?> model = OptionKinds.Text(
        "--model",
        "The model that suspects may be copies of, where utaf.json does not say it. Not needed where the store has one model.",
        "NAME");
    private readonly Option<int?> parallel = OptionKinds.Number<int>(
        "--parallel",
        $"The most suspects that are verified at a time. [default: {DefaultParallel}]",
        "a whole number of at least 1");
    private readonly StoreOption store = new();
    private readonly JudgementOptions judgement = new();

    public WatchCommand(CommonOptions common, Terminal terminal)
        : base(
            "watch",
            "Verifies the watch list. Exit code: 1 if any suspect is suspected of piracy; else 2 or 3 if one failed, 4 if one is "
                + "inconclusive, 0 if all are clean.",
            common,
            terminal)
    {
        Add(suspects);
        Add(model);
        store.AddTo(this);
        Add(parallel);
        judgement.AddTo(this);
        Add(new ConfigurationOption());
    }

    public override string AfterStop => Investigation.AfterStop;

    protected override DocumentFormat LastFormat => DocumentFormat.Html;

    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CommandContext context)
    {
        var atATime = parsed.GetValue(parallel) ?? DefaultParallel;
        if (atATime < 1)
        {
            throw Errors.BadOption("--parallel", $"{atATime}", "a whole number of at least 1");
        }

        var suspected = Suspects(parsed, ConfigurationOption.Read(parsed));
        var opened = store.Open(parsed);
        using var investigation = new Investigation(judgement.Read(parsed), context);
        var items = await WatchPlan.MakeAsync(suspected, opened, parsed.GetValue(model), context.CancellationToken).ConfigureAwait(false);
        return await investigation
            .WatchAsync(items, (pair, stop) => FetchedPair.FromStoreAsync(opened, pair, stop), atATime)
            .ConfigureAwait(false);
    }

    /// <summary>Those that were named, each once, or the whole watch list.</summary>
    private IReadOnlyList<SuspectSettings> Suspects(ParseResult parsed, UtafConfiguration configuration) =>
        (parsed.GetValue(suspects), configuration.Suspects) switch
        {
            ({ Length: > 0 } named, _) => [.. named.Distinct().Select(word => SuspectOptions.Named(word, configuration))],
            (_, { Count: > 0 } listed) => listed,
            _ => throw Errors.NobodySuspected(configuration.File ?? "utaf"),
        };
}
