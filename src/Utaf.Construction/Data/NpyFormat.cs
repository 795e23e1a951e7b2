namespace Utaf.Data;

/// <summary>
/// One NumPy array. Two dimensions are a table, whose last column is the label unless the options say otherwise; others are inputs only.
/// </summary>
internal sealed class NpyFormat : IDataFormat
{
    public string Description => "a NumPy array (.npy)";

    public bool Recognises(string path) => DataFile.HasExtension(path, ".npy");

    public DataTable Read(string path, DataOptions options)
    {
        using var stream = DataFile.Open(path);
        var array = NpyArray.Read(stream, path);
        if (array.Shape is [var rows, > 0 and var width] && rows > 0)
        {
            return Table(path, array.Values, width, Columns.Choose(path, width, names: null, options));
        }

        options.RequireNoColumns("arrays of other than two dimensions");
        return NumberArray.ToTable(path, array, targets: null);
    }

    private static DataTable Table(string path, float[] values, int width, Columns columns)
    {
        var rows = values.Length / width;
        return new DataTable([columns.Inputs.Length], Pick(columns.Inputs), columns.Targets.Length, Pick(columns.Targets), path)
        {
            Queries = columns.Query is { } query ? Numbered(Pick([query])) : null,
        };

        static int[] Numbered(float[] ids)
        {
            var numbers = ids.Distinct().Select((id, number) => (id, number)).ToDictionary(entry => entry.id, entry => entry.number);
            return [.. ids.Select(id => numbers[id])];
        }

        float[] Pick(int[] positions)
        {
            var picked = new float[rows * positions.Length];
            for (var i = 0; i < picked.Length; i++)
            {
                picked[i] = values[(i / positions.Length * width) + positions[i % positions.Length]];
            }

            return picked;
        }
    }
}
