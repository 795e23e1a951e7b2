using System.CommandLine;
using Utaf.Configuration;
using Utaf.Tool.Documents;
using Utaf.Tool.Options;
using Utaf.Tool.Output;

namespace Utaf.Tool.Commands;

/// <summary>Writes a first configuration.</summary>
internal sealed class InitCommand : UtafCommand
{
    private readonly Option<bool> force = new("--force") { Description = "Replaces files that are there already." };

    public InitCommand(CommonOptions common, Terminal terminal)
        : base(
            "init",
            $"Writes a first {ConfigurationFile.UsualName}, with comments, and its schema, which editors complete and check it by.",
            common,
            terminal) =>
        Add(force);

    protected override Task<ExitCode> RunAsync(ParseResult parsed, CommandContext context)
    {
        if (!parsed.GetValue(force))
        {
            RequireRoom(ConfigurationFile.UsualName, ConfigurationFile.Starter);
            RequireRoom(ConfigurationFile.SchemaName, ConfigurationFile.Schema);
        }

        AtomicFile.Write(ConfigurationFile.SchemaName, ConfigurationFile.Schema);
        AtomicFile.Write(ConfigurationFile.UsualName, ConfigurationFile.Starter);
        context.Write(new InitDocument(ConfigurationFile.UsualName, ConfigurationFile.SchemaName));
        return Task.FromResult(ExitCode.NoPiracySuspected);
    }

    /// <summary>The same content again does no harm: an interrupted run goes on.</summary>
    private static void RequireRoom(string file, byte[] content)
    {
        if (Path.Exists(file) && !(File.Exists(file) && File.ReadAllBytes(file).AsSpan().SequenceEqual(content)))
        {
            throw Errors.FileExists(file);
        }
    }
}
