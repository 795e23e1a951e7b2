using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Utaf.Tool.Options;

namespace Utaf.Tool;

/// <summary>
/// A command line with what it does not say itself: for each option <c>--some-name</c> the variable <c>UTAF_SOME_NAME</c>, then
/// the configuration file. What they say is written behind the arguments and the whole is parsed once more, so that every source
/// is read, and refused, by the same parsers; an option's own default comes last.
/// </summary>
internal sealed class CommandLine
{
    private const char BetweenValues = ';';

    // No response files: '@' is part of NAME@VERSION here, and '-abc' is no bundle of one-letter options.
    private static readonly ParserConfiguration Rules = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    // Two ways to say one thing: whoever says it one way does not mean what a weaker source says the other way.
    private static readonly string[][] Alternatives = [["--pair", "--model"]];

    private readonly RootCommand root;
    private readonly Func<string, string?> environment;
    private readonly List<string> arguments;
    private readonly List<Completion> completions = [];

    /// <summary>Parses the arguments alone.</summary>
    /// <param name="root">All commands.</param>
    /// <param name="arguments">Without the program's name.</param>
    /// <param name="environment">Reads a variable.</param>
    public CommandLine(RootCommand root, string[] arguments, Func<string, string?> environment)
    {
        (this.root, this.environment, this.arguments) = (root, environment, [.. arguments]);
        Parsed = root.Parse(arguments, Rules);
    }

    /// <summary>What was understood so far.</summary>
    public ParseResult Parsed { get; private set; }

    /// <summary>The variable that an option falls back on.</summary>
    public static string VariableOf(string option) => $"UTAF_{option.TrimStart('-').Replace('-', '_').ToUpperInvariant()}";

    /// <summary>Adds what the environment and the configuration file say.</summary>
    /// <exception cref="UtafException">
    /// UTAF1001: a variable is neither true nor false. UTAF1002, UTAF1003, UTAF1010 to UTAF1022: the file is wrong.
    /// </exception>
    public void Complete()
    {
        // Help and suggestions need nothing else, and a misunderstood word is better told before its consequences.
        if (Parsed.Action is HelpAction || Parsed.UnmatchedTokens.Count > 0 || arguments is [['[', ..], ..])
        {
            return;
        }

        Add(option => Values(option, environment(VariableOf(option.Name))), option => VariableOf(option.Name));
        if (Parsed.CommandResult.Command.Options.Any(option => option is ConfigurationOption))
        {
            var configuration = ConfigurationOption.Read(Parsed);
            var model = Parsed.CommandResult.Command.Arguments.OfType<ModelArgument>().SingleOrDefault()?.Find(Parsed, configuration);
            Add(option => [.. FileValues.Of(option.Name, configuration, model)], _ => configuration.File!);
        }
    }

    /// <summary>Adds to an error where the options that it speaks of came from, if not from the command line.</summary>
    public Diagnostic Explain(Diagnostic error)
    {
        var words = error.Message.Split([' ', '\'', ',', '.', ':', ';', '(', ')']);
        var place = error.Origin.Split('(')[0];
        var sources = completions
            .Where(completion => words.Contains(completion.Option) || completion.Values.Contains(place))
            .Select(completion => $" ({completion.Option} comes from {completion.Source}.)");
        return error with { Message = error.Message + string.Concat(sources) };
    }

    private static string[] Values(Option option, string? variable) => variable switch
    {
        null or "" => [],

        // Behind a yes or no the parser would take another word for an argument.
        _ when IsChoice(option) && !bool.TryParse(variable, out _) =>
            throw Errors.BadOption(VariableOf(option.Name), variable, "true or false"),
        _ when option.Arity.MaximumNumberOfValues > 1 =>
            variable.Split(BetweenValues, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        _ => [variable],
    };

    private static bool IsChoice(Option option) => option.ValueType == typeof(bool) || option.ValueType == typeof(bool?);

    private void Add(Func<Option, string[]> valuesOf, Func<Option, string> sourceOf)
    {
        var added = new List<string>();
        foreach (var option in Options().Where(option => !IsSaid(option)))
        {
            var values = valuesOf(option);
            if (values.Length > 0)
            {
                added.AddRange(values.Select(value => $"{option.Name}={value}"));
                completions.Add(new(option.Name, values, sourceOf(option)));
            }
        }

        if (added.Count > 0)
        {
            // Behind '--' they would be arguments.
            var end = arguments.IndexOf("--");
            arguments.InsertRange(end < 0 ? arguments.Count : end, added);
            Parsed = root.Parse(arguments, Rules);
        }
    }

    /// <summary>The command's own options and those that hold for all below a command.</summary>
    private List<Option> Options()
    {
        var own = Parsed.CommandResult;
        var options = own.Command.Options.ToList();
        for (var above = own.Parent as CommandResult; above is not null; above = above.Parent as CommandResult)
        {
            options.AddRange(above.Command.Options.Where(option => option.Recursive));
        }

        return options.FindAll(option => option is not (HelpOption or VersionOption));
    }

    private bool IsSaid(Option option)
    {
        var ways = Alternatives.FirstOrDefault(ways => ways.Contains(option.Name)) ?? [option.Name];
        return Options().Exists(other => ways.Contains(other.Name) && Parsed.GetResult(other) is { Implicit: false });
    }

    /// <summary>What was added for an option, and where it came from.</summary>
    private sealed record Completion(string Option, string[] Values, string Source);
}
