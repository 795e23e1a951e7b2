namespace Utaf.Data;

/// <summary>Reads data of every known format.</summary>
public static class DataFormats
{
    /// <summary>The known formats; the first that recognises a path reads it.</summary>
    public static IReadOnlyList<IDataFormat> All { get; } =
    [
        new ImageFolderFormat(),
        new NpzFormat(),
        new NpyFormat(),
        new IdxFormat(),
        new CsvFormat(),
    ];

    /// <summary>Reads examples from a file, or from a folder of images.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="options">How to read it; null for the defaults.</param>
    /// <returns>At least one example; every number is finite.</returns>
    /// <exception cref="UtafException">
    /// UTAF1001: an option is out of range. UTAF1002, UTAF1003: the file is not there or cannot be read.
    /// UTAF1201 to UTAF1209: its content is wrong.
    /// </exception>
    public static DataTable Read(string path, DataOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new DataOptions();
        options.Validate();
        var table = options.LabelFile is null
            ? ReadFile(path, options)
            : WithTargets(ReadFile(path, options with { Label = DataOptions.NoLabel }), options.LabelFile);

        if (options.Scale == 1 && options.LabelScale == 1)
        {
            return table;
        }

        Divide(table.Inputs, options.Scale);
        Divide(table.Targets, options.LabelScale);
        RequireFinite(table);
        return table;
    }

    private static DataTable ReadFile(string path, DataOptions options)
    {
        if (!File.Exists(path) && !Directory.Exists(path))
        {
            throw Errors.FileNotFound(path, $"the data: {Descriptions()}");
        }

        var format = All.FirstOrDefault(known => known.Recognises(path))
            ?? throw Errors.BadDataFile(path, Descriptions(), $"the extension '{Path.GetExtension(path)}'");
        try
        {
            var table = format.Read(path, options);
            if (table.Count == 0)
            {
                throw Errors.TooFewExamples(path, 1, 0);
            }

            RequireFinite(table);
            return table;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw Errors.BadDataFile(path, format.Description, $"a file that is truncated or damaged: {e.Message.TrimEnd('.')}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.FileUnreadable(path, e);
        }
    }

    private static DataTable WithTargets(DataTable inputs, string labelFile)
    {
        var targets = ReadFile(labelFile, new DataOptions(DataOptions.NoLabel));
        return targets.Count == inputs.Count
            ? new DataTable(inputs.InputShape, inputs.Inputs, targets.ExampleSize, targets.Inputs, inputs.Origin) { Rows = inputs.Rows, Queries = inputs.Queries }
            : throw Errors.BadDataFile(labelFile, $"labels for the {inputs.Count} examples of {inputs.Origin}", $"{targets.Count}");
    }

    private static void Divide(float[] values, double scale)
    {
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)(values[i] / scale);
        }
    }

    private static void RequireFinite(DataTable table)
    {
        Check(table.Inputs, table.ExampleSize, "input");
        Check(table.Targets, table.TargetWidth, "target");

        void Check(float[] values, int width, string what)
        {
            var i = Array.FindIndex(values, value => !float.IsFinite(value));
            if (i >= 0)
            {
                throw Errors.NotFinite(table.Origin, table.RowOf(i / width), $"{what} {i % width}", $"{values[i]}");
            }
        }
    }

    private static string Descriptions() => string.Join("; ", All.Select(format => format.Description));
}
