using System.Globalization;
using System.Text;
using CsvHelper;

namespace Utaf.Data;

/// <summary>
/// Text tables, one example per line: comma-, semicolon-, tab- or space-separated, also gzipped. Quotes as in RFC 4180, numbers with a
/// decimal point whatever the machine's culture, UTF-8 with or without a byte order mark. Empty lines are passed over.
/// </summary>
internal sealed class CsvFormat : IDataFormat
{
    /// <summary>What stands for a missing value in common exports: a first row with these is data with gaps, not a header.</summary>
    private static readonly string[] Missing =
    [
        "", "?", "-", "na", "n/a", "null", "none", "nan", "inf", "-inf", "+inf", "infinity", "-infinity", "∞", "-∞",
    ];

    public string Description => "a table (.csv, .tsv, .txt, .data, .dat, also with .gz)";

    public bool Recognises(string path) => DataFile.HasExtension(path, ".csv", ".tsv", ".txt", ".data", ".dat");

    public DataTable Read(string path, DataOptions options)
    {
        var delimiter = options.Delimiter ?? DetectDelimiter(path);
        using var stream = DataFile.Open(path);
        using var reader = CsvReader.Create(stream, new CsvReaderOptions
        {
            Separator = delimiter,
            HasHeader = false,
            SkipEmptyLines = true,
            TrackLineNumbers = true,
            MalformedData = CsvMalformedDataHandling.Throw,
        });
        try
        {
            return ReadRows(path, reader, options);
        }
        catch (CsvFormatException e)
        {
            throw Errors.BadDataFile($"{path}({e.LineNumber})", "a table with quotes as in RFC 4180", e.Message.TrimEnd('.'));
        }
    }

    private static DataTable ReadRows(string path, CsvReader reader, DataOptions options)
    {
        if (!reader.Read())
        {
            throw Errors.TooFewExamples(path, 1, 0);
        }

        var width = reader.FieldCount;
        var names = options.Header ?? IsHeader(reader, options) ? Names(reader) : null;
        var columns = Columns.Choose(path, width, names, options);
        var (queries, numbers) = (new List<int>(), new Dictionary<string, int>(StringComparer.Ordinal));
        var (inputs, targets, lines) = (new List<float>(), new List<float>(), new List<int>());
        if (names is not null && !reader.Read())
        {
            throw Errors.TooFewExamples(path, 1, 0);
        }

        do
        {
            if (reader.FieldCount != width)
            {
                throw Errors.RaggedRow(path, reader.LineNumber, width, reader.FieldCount);
            }

            foreach (var column in columns.Inputs)
            {
                inputs.Add(Number(path, reader, columns, column));
            }

            foreach (var column in columns.Targets)
            {
                targets.Add(Number(path, reader, columns, column));
            }

            if (columns.Query is { } query)
            {
                var id = reader.GetString(query).Trim();
                queries.Add(id.Length == 0
                    ? throw Errors.BadDataFile($"{path}({reader.LineNumber})", $"the name or number of a query in column {columns.Describe(query)}", "an empty cell")
                    : numbers.TryGetValue(id, out var known) ? known : numbers[id] = numbers.Count);
            }

            lines.Add((int)reader.LineNumber);
        }
        while (reader.Read());

        return new DataTable([columns.Inputs.Length], [.. inputs], columns.Targets.Length, [.. targets], path)
        {
            Rows = [.. lines],
            Queries = columns.Query is null ? null : [.. queries],
        };
    }

    private static float Number(string path, CsvReader reader, Columns columns, int column)
    {
        // Not reader.TryParse: it would take the decimal comma of "7,4" for a thousands separator.
        if (!double.TryParse(reader.GetSpan(column), NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
        {
            throw Errors.NotANumber(path, reader.LineNumber, columns.Describe(column), Shortened(reader.GetString(column)));
        }

        return float.IsFinite((float)value)
            ? (float)value
            : throw Errors.NotFinite(path, reader.LineNumber, columns.Describe(column), Shortened(reader.GetString(column)));
    }

    /// <summary>Skipped columns and a query's do not count: an identifier such as 'patient-7' is no name of a column.</summary>
    private static bool IsHeader(CsvReader reader, DataOptions options)
    {
        int? query = int.TryParse(options.QueryColumn, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var position)
            ? position < 0 ? reader.FieldCount + position : position
            : null;
        for (var i = options.SkipColumns; i < reader.FieldCount; i++)
        {
            if (i == query)
            {
                continue;
            }

            var isNumber = double.TryParse(reader.GetSpan(i), NumberStyles.Float, CultureInfo.InvariantCulture, out _);
            if (!isNumber && !Missing.Contains(reader.GetString(i).Trim(), StringComparer.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static string[] Names(CsvReader reader) =>
        [.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetString(i).Trim())];

    private static char DetectDelimiter(string path)
    {
        using var stream = DataFile.Open(path);
        using var text = new StreamReader(stream, Encoding.UTF8);
        var line = text.ReadLine();
        while (line is not null && string.IsNullOrWhiteSpace(line))
        {
            line = text.ReadLine();
        }

        var quoted = false;
        var counts = new Dictionary<char, int>();
        foreach (var character in line?.Trim() ?? "")
        {
            quoted ^= character == '"';
            counts[character] = counts.GetValueOrDefault(character) + (quoted ? 0 : 1);
        }

        // Of equally many, the tab is the likelier, then the semicolon: "7,4;0,7;5" has decimal commas.
        var likeliest = "\t;,".MaxBy(candidate => counts.GetValueOrDefault(candidate));
        return counts.GetValueOrDefault(likeliest) > 0 || counts.GetValueOrDefault(' ') == 0 ? likeliest : ' ';
    }

    private static string Shortened(string text) => text.Length > 40 ? $"{text[..40]}…" : text;
}
