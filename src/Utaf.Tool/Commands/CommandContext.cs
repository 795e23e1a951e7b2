using Utaf.Tool.Options;
using Utaf.Tool.Output;

namespace Utaf.Tool.Commands;

/// <summary>What a command has besides its own options: the common ones, and where to write.</summary>
/// <param name="terminal">Where to write.</param>
/// <param name="settings">The common options.</param>
/// <param name="cancellationToken">Cancelled by Ctrl-C.</param>
internal sealed class CommandContext(Terminal terminal, Settings settings, CancellationToken cancellationToken)
{
    private IProgressView? progress;

    public Settings Settings { get; } = settings;

    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>Shows how far the work is, on the error stream.</summary>
    public IProgressView Progress => progress ??= Settings.Verbosity switch
    {
        < Verbosity.Normal => new SilentProgress(),
        Verbosity.Normal when terminal.ErrorIsLive => new LiveProgress(terminal, TimeProvider.System),
        Verbosity.Normal => new PlainProgress(terminal.Error, TimeProvider.System, TimeSpan.FromSeconds(4)),
        _ => new PlainProgress(terminal.Error, TimeProvider.System, TimeSpan.Zero),
    };

    /// <summary>Says something that the user should know, on the error stream.</summary>
    public void Note(string text)
    {
        if (Settings.Verbosity > Verbosity.Quiet)
        {
            terminal.Error.WriteLine(text);
        }
    }

    /// <summary>Writes the document that was asked for.</summary>
    /// <exception cref="UtafException">UTAF1309: the output file cannot be written.</exception>
    public void Write(Document document)
    {
        if (Settings.OutputFile is { } path)
        {
            AtomicFile.WriteText(path, Render(document, colours: false, Terminal.FileWidth));
        }
        else
        {
            var (colours, width) = terminal.OutputIsLive ? (terminal.Colours, terminal.Width) : (false, Terminal.FileWidth);
            WriteToOutput(Render(document, colours, width));
        }
    }

    private void WriteToOutput(string text)
    {
        try
        {
            terminal.Output.Write(text);
            terminal.Output.Flush();
        }
        catch (IOException e)
        {
            throw Errors.Unwritable("standard output", e);
        }
    }

    private string Render(Document document, bool colours, int width)
    {
        if (Settings.Format != DocumentFormat.Text)
        {
            return Settings.Format == DocumentFormat.Json ? document.ToJson() + "\n" : document.ToReport(Settings.Format);
        }

        var writer = new StringWriter { NewLine = "\n" };
        document.WriteTo(new TextPage(writer, colours, width));

        // Tables are padded with spaces that only a terminal's background would show.
        return string.Join('\n', writer.ToString().Split('\n').Select(line => line.TrimEnd())).Trim('\n') + "\n";
    }
}
