using System.CommandLine;
using Utaf.Configuration;
using Utaf.Stores;

namespace Utaf.Tool.Options;

/// <summary>Which store of pairs a command works with, and the key of what is encrypted in it.</summary>
internal sealed class StoreOption
{
    /// <summary>The store beside the project.</summary>
    public const string Default = $"folder:{DefaultFolder}";

    private const string DefaultFolder = ".utaf/store";

    private readonly Option<string?> store = OptionKinds.Text(
        "--store",
        "The store of pairs: folder:PATH, azblob://ACCOUNT/CONTAINER[/PREFIX][?sas=VARIABLE][&endpoint=URL] or "
            + $"azblob:?connection=VARIABLE&container=NAME[&prefix=PREFIX]. [default: {Default}]",
        "ADDRESS");
    private readonly Option<Secret?> encryptionKey = OptionKinds.Secret(
        "--encryption-key",
        "Encrypts pairs in the store with the 32 bytes in base64 that this variable holds. [default: env:UTAF_STORE_KEY, if it is set]");

    /// <summary>The address that <see cref="Default"/>, opened, has.</summary>
    public static string DefaultAddress => $"folder:{Path.GetFullPath(DefaultFolder)}";

    /// <summary>Gives it to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(store);
        command.Add(encryptionKey);
    }

    /// <summary>Opens the chosen store.</summary>
    /// <exception cref="UtafException">UTAF1012, UTAF1306, UTAF1310, UTAF1314, UTAF1315.</exception>
    public IFingerprintStore Open(ParseResult parsed) => Open(parsed, parsed.GetValue(store) ?? Default);

    /// <summary>Opens another store that the command works with besides; the key is the same.</summary>
    /// <inheritdoc cref="Open(ParseResult)"/>
    public IFingerprintStore Open(ParseResult parsed, string address) =>
        FingerprintStores.Open(address, encryptionKey: parsed.GetValue(encryptionKey));
}
