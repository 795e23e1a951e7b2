using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using Utaf.Tool.Commands;
using Utaf.Tool.Options;
using Utaf.Tool.Output;

namespace Utaf.Tool;

/// <summary>From arguments to an exit code: parses, runs the command, and turns whatever goes wrong into one line.</summary>
/// <param name="terminal">Where to write.</param>
internal sealed class Application(Terminal terminal)
{
    /// <summary>Runs one command line.</summary>
    /// <param name="arguments">Without the program's name.</param>
    /// <param name="cancellationToken">Stops the command; the exit code is then 130.</param>
    public async Task<ExitCode> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var common = new CommonOptions();
        var root = Root(common);
        var line = new CommandLine(root, arguments, Environment.GetEnvironmentVariable);
        var command = line.Parsed.CommandResult.Command as UtafCommand;
        try
        {
            line.Complete();
            if (line.Parsed.Action is ParseErrorAction)
            {
                TellMisunderstood(line, root, common);
                return ExitCode.Usage;
            }

            var invocation = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Output = terminal.Output,
                Error = terminal.Error,
            };
            var code = (ExitCode)await line.Parsed.InvokeAsync(invocation, cancellationToken).ConfigureAwait(false);
            await terminal.Output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            return code;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            var consequence = command?.AfterStop ?? UtafCommand.NothingHalfWritten;
            await terminal.Error.WriteLineAsync($"utaf : stopped. {consequence}").ConfigureAwait(false);
            return ExitCode.Interrupted;
        }
        catch (Exception exception)
        {
            return Tell(exception, line, common);
        }
    }

    /// <summary>All commands.</summary>
    internal RootCommand Root(CommonOptions common)
    {
        var root = new RootCommand("Fingerprints trained models and tells their stolen copies from honest models.")
        {
            new FingerprintCommand(common, terminal),
            new VerifyCommand(common, terminal),
            new WatchCommand(common, terminal),
            new ServeCommand(common, terminal),
            new EvaluateCommand(common, terminal),
            new EnsembleCommand(common, terminal),
            new InspectCommand(common, terminal),
            new ListCommand(common, terminal),
            new PushCommand(common, terminal),
            new PullCommand(common, terminal),
            new DemoCommand(common, terminal),
            new DoctorCommand(common, terminal),
            new RuntimeCommand(common, terminal),
            new InitCommand(common, terminal),
            new CompletionCommand(common, terminal),
        };
        root.HelpName = "dotnet utaf";
        common.AddTo(root);
        return root;
    }

    private void TellMisunderstood(CommandLine line, RootCommand root, CommonOptions common)
    {
        var parsed = line.Parsed;
        var path = new List<string>();
        for (var result = parsed.CommandResult; result is not null && result.Command != root; result = result.Parent as CommandResult)
        {
            path.Insert(0, result.Command.Name);
        }

        // One slip has many consequences for the parser; the word that it could not place is the slip.
        var problem = parsed.UnmatchedTokens is [var word, ..]
            ? $"There is no command, option or argument '{word}' here"
            : parsed.Errors[0].Message;
        var told = Errors.BadCommandLine(problem, string.Join(' ', path.Prepend(root.HelpName)));
        terminal.Error.WriteLine(line.Explain(told.Diagnostic));
        if (common.GitHubStepOf(parsed) is { } step)
        {
            new GitHubStep(step).Write(told.Diagnostic);
        }
    }

    private ExitCode Tell(Exception exception, CommandLine line, CommonOptions common)
    {
        var told = Told(exception).Diagnostic;
        var explained = line.Explain(told);

        // One error is one line, whatever the loader or the operating system put into its message.
        terminal.Error.WriteLine(explained.ToString().ReplaceLineEndings(" "));
        if (common.GitHubStepOf(line.Parsed) is { } step && told.Code != "UTAF1309")
        {
            new GitHubStep(step).Write(explained);
        }

        if (common.VerbosityOf(line.Parsed) == Verbosity.Diagnostic)
        {
            terminal.Error.WriteLine(exception);
        }

        return told.ExitCode;
    }

    private static UtafException Told(Exception exception) => exception switch
    {
        UtafException known => known,
        AggregateException { InnerExceptions: [var inner] } => Told(inner),
        TypeInitializationException { InnerException: { } inner } => Told(inner),
        OutOfMemoryException => Errors.OutOfMemory("the .NET heap", exception),
        ExternalException when SaysOutOfMemory(exception.Message) => Errors.OutOfMemory("torch", exception),
        _ => Errors.Unforeseen(exception),
    };

    // The words of libtorch's CPU and CUDA allocators; it has no error number for it.
    private static bool SaysOutOfMemory(string message) =>
        message.Contains("can't allocate memory", StringComparison.Ordinal)
        || message.Contains("not enough memory", StringComparison.Ordinal)
        || message.Contains("out of memory", StringComparison.Ordinal);
}
