using System.CommandLine;
using Utaf.Ensembles;

namespace Utaf.Tool.Options;

/// <summary>Which part of the ensemble a machine builds.</summary>
/// <param name="description">What it does in a command.</param>
internal sealed class ShardOption(string description)
{
    /// <summary>Its name.</summary>
    public const string Name = "--shard";

    private readonly Option<string?> shard = OptionKinds.Text(
        Name,
        description,
        "I/N");

    /// <summary>Gives it to a command.</summary>
    public void AddTo(Command command) => command.Add(shard);

    /// <summary>The part.</summary>
    /// <exception cref="UtafException">UTAF1001: it is no shard.</exception>
    public Shard Read(ParseResult parsed) => parsed.GetValue(shard) is { } text ? Shard.Parse(text) : Shard.All;
}
