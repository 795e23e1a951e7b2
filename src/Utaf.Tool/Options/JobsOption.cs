using System.CommandLine;

namespace Utaf.Tool.Options;

/// <summary>How many processes build the ensemble.</summary>
internal sealed class JobsOption
{
    /// <summary>Its name.</summary>
    public const string Name = "--jobs";

    private const string Expected = "a whole number from 1 to 256";

    private readonly Option<int?> jobs = OptionKinds.Number<int>(
        Name,
        "Processes that build members, each with --threads threads; the members are the same for any number. [default: 1]",
        Expected);

    /// <summary>Gives it to a command.</summary>
    public void AddTo(Command command) => command.Add(jobs);

    /// <summary>The number.</summary>
    /// <exception cref="UtafException">UTAF1001: it is none.</exception>
    public int Read(ParseResult parsed) => parsed.GetValue(jobs) switch
    {
        null => 1,
        >= 1 and <= 256 and var number => number,
        var other => throw Errors.BadOption(Name, $"{other}", Expected),
    };
}
