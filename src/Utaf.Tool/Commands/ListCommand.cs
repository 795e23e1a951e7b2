using System.CommandLine;
using Utaf.Stores;
using Utaf.Tool.Documents;
using Utaf.Tool.Options;
using Utaf.Tool.Output;

namespace Utaf.Tool.Commands;

/// <summary>Lists the pairs of a store.</summary>
internal sealed class ListCommand : UtafCommand
{
    private readonly Option<string?> model = OptionKinds.Text("--model", "Only this model's pairs.", "NAME");
    private readonly Option<string?> version = OptionKinds.Text("--version", "Only this version's pairs.", "VERSION");
    private readonly StoreOption store = new();

    public ListCommand(CommonOptions common, Terminal terminal)
        : base("list", "Lists the pairs of a store.", common, terminal)
    {
        Add(model);
        Add(version);
        store.AddTo(this);
        Add(new ConfigurationOption());
    }

    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CommandContext context)
    {
        var opened = store.Open(parsed);
        var pairs = new List<StoredPair>();
        var listed = opened.ListAsync(parsed.GetValue(model), parsed.GetValue(version), context.CancellationToken);
        await foreach (var pair in listed.ConfigureAwait(false))
        {
            pairs.Add(pair);
        }

        context.Write(new ListDocument(opened.Address, [.. pairs.Select(Shown)]));
        return ExitCode.NoPiracySuspected;

        PairDocument Shown(StoredPair pair) => new(pair.Sha256, opened.Address, pair.Manifest) { Named = $"{pair.Model}@{pair.Version}", NewerFormat = pair.NewerFormat };
    }
}
