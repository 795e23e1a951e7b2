using System.Text;

namespace Utaf.Tool.Output;

/// <summary>Where the tool writes: the asked document to one stream, everything else to the other.</summary>
/// <param name="Output">Only documents.</param>
/// <param name="Error">Progress, notes and errors.</param>
/// <param name="OutputIsLive">Whether somebody reads the output as it comes.</param>
/// <param name="ErrorIsLive">Whether lines on the error stream can be drawn again.</param>
/// <param name="Colours">Whether colours are welcome: https://no-color.org.</param>
/// <param name="Width">Columns of the terminal.</param>
internal sealed record Terminal(TextWriter Output, TextWriter Error, bool OutputIsLive, bool ErrorIsLive, bool Colours, int Width)
{
    /// <summary>Wide enough for every table of the tool: a file has no right edge.</summary>
    public const int FileWidth = 200;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>The process's own streams, in UTF-8 whatever the locale, since minimal containers have none.</summary>
    public static Terminal OfProcess()
    {
        var capable = Environment.GetEnvironmentVariable("TERM") != "dumb";
        var outputIsLive = capable && !Console.IsOutputRedirected;
        var errorIsLive = capable && !Console.IsErrorRedirected;
        return new(
            new StreamWriter(Console.OpenStandardOutput(), Utf8) { AutoFlush = true },
            new StreamWriter(Console.OpenStandardError(), Utf8) { AutoFlush = true },
            outputIsLive,
            errorIsLive,
            string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
            outputIsLive || errorIsLive ? WindowWidth() : FileWidth);
    }

    // Terminals without a size, as some build machines have, say 0.
    private static int WindowWidth() => Console.WindowWidth is >= 20 and var width ? width : 80;
}
