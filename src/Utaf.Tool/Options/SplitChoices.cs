using System.CommandLine;
using Utaf.Ensembles;

namespace Utaf.Tool.Options;

/// <summary>How an ensemble is split.</summary>
/// <param name="when">Begins the options' descriptions: when they count.</param>
internal sealed class SplitChoices(string when = "")
{
    private readonly Option<double?> test = OptionKinds.Number<double>(
        "--test-fraction",
        when + "Share of the ensemble that is held out and touched once. [default: 0.4]",
        "a fraction between 0 and 1");
    private readonly Option<double?> validation = OptionKinds.Number<double>(
        "--validation-fraction",
        when + "Share of the rest on which choices are made. [default: 0.2]",
        "a fraction between 0 and 1");

    /// <summary>Gives them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(test);
        command.Add(validation);
    }

    /// <summary>What was chosen.</summary>
    /// <exception cref="UtafException">UTAF1001.</exception>
    public SplitFractions Read(ParseResult parsed)
    {
        var split = new SplitFractions();
        return new(Fraction(parsed, test) ?? split.Test, Fraction(parsed, validation) ?? split.Validation);
    }

    private static double? Fraction(ParseResult parsed, Option<double?> option) => parsed.GetValue(option) switch
    {
        null => null,
        > 0 and < 1 and var fraction => fraction,
        var other => throw Errors.BadOption(option.Name, Output.Numbers.Short(other), "a fraction between 0 and 1"),
    };
}
