using System.Globalization;

namespace Utaf.Data;

/// <summary>Which columns of a table are inputs and which are targets.</summary>
/// <param name="Inputs">Positions of the input columns in the file, ascending; at least one.</param>
/// <param name="Targets">Positions of the target columns, in the order they were asked for.</param>
/// <param name="Names">The columns' names, or null when the file has none.</param>
/// <param name="Query">The position of the column that names a row's query; null when there is none.</param>
internal sealed record Columns(int[] Inputs, int[] Targets, string[]? Names, int? Query)
{
    /// <summary>Resolves the options against a file's columns.</summary>
    /// <exception cref="UtafException">UTAF1001, UTAF1203, UTAF1207: a column is not there, or no input column is left.</exception>
    public static Columns Choose(string path, int width, string[]? names, DataOptions options)
    {
        var targets = Labels(path, width, names, options);
        int? query = options.QueryColumn is { } wanted ? Position(path, "--query-column", wanted, width, names) : null;
        if (query is { } both && targets.Contains(both))
        {
            throw Errors.BadOption("--query-column", options.QueryColumn!, "another column than the label's (--label)");
        }

        var inputs = Enumerable.Range(0, width).Skip(options.SkipColumns).Except(targets).Where(column => column != query).ToArray();
        return inputs.Length > 0
            ? new Columns(inputs, targets, names, query)
            : throw Errors.BadDataFile(
                path,
                $"at least one input column beside {options.SkipColumns} skipped and {targets.Length} label columns (--skip-columns, --label)",
                $"{width} columns in all");
    }

    /// <summary>A column as messages call it: its name, or its position as <c>--label</c> counts.</summary>
    public string Describe(int position) => Names is null
        ? $"{position.ToString(CultureInfo.InvariantCulture)} (the first is 0)"
        : $"'{Names[position]}'";

    private static int[] Labels(string path, int width, string[]? names, DataOptions options)
    {
        if (options.WithoutLabels)
        {
            return [];
        }

        if (options.Label is null)
        {
            return [width - 1];
        }

        // A name may itself contain a comma, so the whole is tried first.
        if (names?.Contains(options.Label, StringComparer.Ordinal) == true)
        {
            return [Position(path, "--label", options.Label, width, names)];
        }

        var wanted = options.Label.Split(',', StringSplitOptions.TrimEntries);
        var positions = wanted.Select(label => Position(path, "--label", label, width, names)).ToArray();
        return positions.Distinct().Count() == positions.Length
            ? positions
            : throw Errors.BadOption("--label", options.Label, "every column once");
    }

    private static int Position(string path, string option, string label, int width, string[]? names)
    {
        var named = Enumerable.Range(0, width).Where(i => string.Equals(names?[i], label, StringComparison.Ordinal)).ToArray();
        if (named.Length > 1)
        {
            throw Errors.BadDataFile(path, $"one column '{label}'", $"{named.Length}; choose one by its position");
        }

        if (named.Length == 1)
        {
            return named[0];
        }

        var isNumber = int.TryParse(label, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var position);
        if (isNumber && position >= -width && position < width)
        {
            return position < 0 ? width + position : position;
        }

        throw Errors.UnknownColumn(path, option, label, names is null ? $"{width} columns without names" : $"the columns {Shortened(names)}");
    }

    private static string Shortened(string[] names)
    {
        const int shown = 40;
        var first = string.Join(", ", names.Take(shown));
        return names.Length > shown ? $"{first} and {names.Length - shown} more" : first;
    }
}
