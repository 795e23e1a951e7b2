using System.CommandLine;
using System.Globalization;

namespace Utaf.Tool.Options;

/// <summary>How many processes build the ensemble.</summary>
internal sealed class JobsOption
{
    /// <summary>Its name.</summary>
    public const string Name = "--jobs";

    private const string Auto = "auto";
    private const int Most = 256;

    private readonly Option<string?> jobs = OptionKinds.Text(
        Name,
        "Processes that build members, each with --threads threads; the members are the same for any number. auto: one for each "
            + "processor where members are trained alone, as convolutional networks are, and memory lasts; else one. [default: auto]",
        "auto|NUMBER");

    /// <summary>Gives it to a command.</summary>
    public void AddTo(Command command) => command.Add(jobs);

    /// <summary>The number; null: as many as are best.</summary>
    /// <exception cref="UtafException">UTAF1001: it is none.</exception>
    public int? Read(ParseResult parsed) => parsed.GetValue(jobs) switch
    {
        null or Auto => null,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= Most => number,
        var other => throw Errors.BadOption(Name, other, $"auto or a whole number from 1 to {Most}"),
    };
}
