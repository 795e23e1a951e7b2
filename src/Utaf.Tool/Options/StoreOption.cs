using System.CommandLine;
using Utaf.Stores;

namespace Utaf.Tool.Options;

/// <summary>Which store of pairs a command works with.</summary>
internal sealed class StoreOption
{
    /// <summary>The store beside the project.</summary>
    public const string Default = "folder:.utaf/store";

    private readonly Option<string?> store = OptionKinds.Text(
        "--store",
        $"The store of pairs: folder:PATH. [default: {Default}]",
        "ADDRESS");

    /// <summary>Gives it to a command.</summary>
    public void AddTo(Command command) => command.Add(store);

    /// <summary>Opens the chosen store.</summary>
    /// <exception cref="UtafException">UTAF1306.</exception>
    public IFingerprintStore Open(ParseResult parsed) => FingerprintStores.Open(parsed.GetValue(store) ?? Default);
}
