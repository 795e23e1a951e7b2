using System.CommandLine;
using Utaf.Configuration;

namespace Utaf.Tool.Options;

/// <summary>Which <c>utaf.json</c> a command reads. A command that has this option takes from the file what it was not told.</summary>
internal sealed class ConfigurationOption : Option<string?>
{
    private UtafConfiguration? configuration;

    public ConfigurationOption()
        : base("--config")
    {
        Description = $"The configuration. [default: {ConfigurationFile.UsualName}, if there is one]";
        HelpName = "FILE";
    }

    /// <summary>What the file says that the parsed command was given, or found; says nothing if there is none.</summary>
    /// <exception cref="UtafException">UTAF1002, UTAF1003, UTAF1010 to UTAF1021.</exception>
    public static UtafConfiguration Read(ParseResult parsed) =>
        parsed.CommandResult.Command.Options.OfType<ConfigurationOption>().SingleOrDefault()?.ReadOnce(parsed) ?? new();

    private UtafConfiguration ReadOnce(ParseResult parsed) => configuration ??= parsed.GetValue(this) switch
    {
        { } path => ConfigurationFile.Read(path),
        null when File.Exists(ConfigurationFile.UsualName) => ConfigurationFile.Read(ConfigurationFile.UsualName),
        null => new(),
    };
}
