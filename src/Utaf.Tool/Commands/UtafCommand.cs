using System.CommandLine;
using Utaf.Tool.Options;
using Utaf.Tool.Output;

namespace Utaf.Tool.Commands;

/// <summary>A command that does something and says how it went by its exit code.</summary>
internal abstract class UtafCommand : Command
{
    /// <summary>What holds after any command was stopped.</summary>
    public const string NothingHalfWritten = "Nothing was left half-written.";

    /// <summary>Makes the command; its own options are added by its constructor.</summary>
    protected UtafCommand(string name, string description, CommonOptions common, Terminal terminal)
        : base(name, description) =>
        SetAction(async (parsed, cancellationToken) =>
        {
            var settings = common.Read(parsed);
            return settings.Format <= LastFormat
                ? (int)await RunAsync(parsed, new CommandContext(terminal, settings, cancellationToken)).ConfigureAwait(false)
                : throw Errors.BadOption("--format", settings.Format.ToString().ToLowerInvariant(), $"text or json: {name} makes no report");
        });

    /// <summary>The last of the formats that the command's document has.</summary>
    protected virtual DocumentFormat LastFormat => DocumentFormat.Json;

    /// <summary>What a user whose Ctrl-C stopped this command wants to know.</summary>
    public virtual string AfterStop => NothingHalfWritten;

    /// <summary>Does it.</summary>
    /// <param name="parsed">The command's options.</param>
    /// <param name="context">The common options, and where to write.</param>
    protected abstract Task<ExitCode> RunAsync(ParseResult parsed, CommandContext context);
}
