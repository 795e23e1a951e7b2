using System.CommandLine;
using Utaf.Tool.Documents;
using Utaf.Tool.Options;
using Utaf.Tool.Output;
using Utaf.Tool.Runtimes;
using Utaf.Torch;

namespace Utaf.Tool.Commands;

/// <summary>Which torch the tool computes with.</summary>
internal sealed class RuntimeCommand : Command
{
    public RuntimeCommand(CommonOptions common, Terminal terminal)
        : base("runtime", "The back end of torch: install another, take it back, list.")
    {
        Add(new InstallCommand(common, terminal));
        Add(new UndoCommand(common, terminal));
        Add(new RuntimesCommand(common, terminal));
    }

    private sealed class InstallCommand : UtafCommand
    {
        private readonly Argument<string> backend = new("BACKEND")
        {
            Description = "cpu, cuda, or the path of a folder with torch's native libraries.",
        };

        private readonly Option<string[]> sources = OptionKinds.Repeated(
            "--source", "A NuGet source besides those of this folder; may be given more than once.", "SOURCE");

        public InstallCommand(CommonOptions common, Terminal terminal)
            : base("install", "Restores torch for a back end from your NuGet sources, tries it, and uses it from now on.", common, terminal)
        {
            backend.CompletionSources.Add("cpu", "cuda");
            Add(backend);
            Add(sources);
        }

        protected override async Task<ExitCode> RunAsync(ParseResult parsed, CommandContext context)
        {
            var installed = InstalledTorch.Here;
            await new BackendInstaller(installed, context.Note)
                .InstallAsync(parsed.GetValue(backend)!, parsed.GetValue(sources)!, context.CancellationToken).ConfigureAwait(false);
            context.Write(RuntimesDocument.Of(installed));
            return ExitCode.NoPiracySuspected;
        }
    }

    private sealed class UndoCommand(CommonOptions common, Terminal terminal)
        : UtafCommand("undo", "Goes back to the back end before; a second time, forth again.", common, terminal)
    {
        protected override Task<ExitCode> RunAsync(ParseResult parsed, CommandContext context)
        {
            var installed = InstalledTorch.Here;
            installed.Undo();
            context.Write(RuntimesDocument.Of(installed));
            return Task.FromResult(ExitCode.NoPiracySuspected);
        }
    }

    private sealed class RuntimesCommand(CommonOptions common, Terminal terminal)
        : UtafCommand("list", "Lists the back ends that are installed, and says which is used.", common, terminal)
    {
        protected override Task<ExitCode> RunAsync(ParseResult parsed, CommandContext context)
        {
            context.Write(RuntimesDocument.Of(InstalledTorch.Here));
            return Task.FromResult(ExitCode.NoPiracySuspected);
        }
    }
}
