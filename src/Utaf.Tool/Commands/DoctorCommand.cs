using System.CommandLine;
using Utaf.Tool.Options;
using Utaf.Tool.Output;

namespace Utaf.Tool.Commands;

/// <summary>Shows what the tool runs on, and what is missing.</summary>
internal sealed class DoctorCommand : UtafCommand
{
    private readonly StoreOption store = new();

    public DoctorCommand(CommonOptions common, Terminal terminal)
        : base(
            "doctor",
            "Shows .NET, torch's native library, devices and folders, and what is missing. Exit code: 0 all there, 3 something missing.",
            common,
            terminal) =>
        store.AddTo(this);

    protected override Task<ExitCode> RunAsync(ParseResult parsed, CommandContext context)
    {
        var document = Release.Examination.Of(store.Open(parsed).Address, context.Settings);
        context.Write(document);
        return Task.FromResult(document.Missing.Count == 0 ? ExitCode.NoPiracySuspected : ExitCode.Environment);
    }
}
