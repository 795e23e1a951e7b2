using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using Utaf.Configuration;

namespace Utaf.Tool.Options;

/// <summary>Options of the kinds that several commands have. Numbers are written the same way in every culture.</summary>
internal static class OptionKinds
{
    /// <summary>Free text, such as a path.</summary>
    public static Option<string?> Text(string name, string description, string helpName) =>
        new(name) { Description = description, HelpName = helpName };

    /// <summary>Free text, once or more often.</summary>
    public static Option<string[]> Texts(string name, string description, string helpName) => new(name)
    {
        Description = description,
        HelpName = helpName,
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    /// <summary>Free text, each time behind the option's name, so that an argument may follow.</summary>
    public static Option<string[]> Repeated(string name, string description, string helpName) =>
        new(name) { Description = description, HelpName = helpName, DefaultValueFactory = _ => [] };

    /// <summary>One of a few words.</summary>
    public static Option<string> Word(string name, string description, string byDefault, params string[] words)
    {
        var option = new Option<string>(name) { Description = description, HelpName = string.Join('|', words) };
        option.CompletionSources.Add(words);
        option.DefaultValueFactory = _ => byDefault;
        option.CustomParser = result => words.Contains(result.Tokens[0].Value)
            ? result.Tokens[0].Value
            : Refused<string>(result, $"one of {string.Join(", ", words)}")!;
        return option;
    }

    /// <summary>A secret's place; null where it is not given. What is no place may be the secret itself, and is not shown.</summary>
    public static Option<Secret?> Secret(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "env:NAME",
        CustomParser = result =>
        {
            if (Configuration.Secret.Parse(result.Tokens[0].Value) is { } secret)
            {
                return secret;
            }

            result.AddError($"{name} expects env:NAME, where NAME is the environment variable that holds the secret, never the secret itself");
            return null;
        },
    };

    /// <summary>A number; null where it is not given.</summary>
    public static Option<T?> Number<T>(string name, string description, string expected)
        where T : struct, INumber<T> =>
        new(name)
        {
            Description = description,
            HelpName = "NUMBER",
            CustomParser = result => Parse<T>(result.Tokens[0].Value) ?? Refused<T?>(result, expected),
        };

    /// <summary>Yes or no; null where it is not given.</summary>
    public static Option<bool?> Choice(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "true|false",
        CustomParser = result => bool.TryParse(result.Tokens[0].Value, out var value) ? value : Refused<bool?>(result, "true or false"),
    };

    /// <summary>Numbers separated by commas; to be read with <see cref="Given"/>.</summary>
    public static Option<T[]?> Numbers<T>(string name, string description, string helpName, Func<T[], bool> isSound, string expected)
        where T : struct, INumber<T> =>
        new(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = result =>
            {
                var numbers = result.Tokens[0].Value.Split(',', StringSplitOptions.TrimEntries).Select(Parse<T>).ToArray();
                return Array.TrueForAll(numbers, number => number is not null) && isSound([.. numbers.OfType<T>()])
                    ? [.. numbers.OfType<T>()]
                    : Refused<T[]>(result, expected);
            },
        };

    /// <summary>The shape of one example, such as 1,28,28.</summary>
    public static Option<int[]?> Shape(string name, string description) =>
        Numbers<int>(name, description, "D[,D...]", sizes => Array.TrueForAll(sizes, size => size >= 1), "positive whole numbers such as 1,28,28");

    /// <summary>The numbers of an option; null, not none, where it is not given.</summary>
    public static T[]? Given<T>(this ParseResult parsed, Option<T[]?> option) =>
        parsed.GetResult(option) is null ? null : parsed.GetValue(option);

    private static T? Parse<T>(string text)
        where T : struct, INumber<T>
    {
        const NumberStyles plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return T.TryParse(text, plain, CultureInfo.InvariantCulture, out var value) ? value : null;
    }

    private static T? Refused<T>(ArgumentResult result, string expected)
    {
        var option = (result.Parent as OptionResult)?.Option.Name ?? result.Argument.Name;
        result.AddError($"{option} is '{result.Tokens[0].Value}', expected {expected}");
        return default;
    }
}
