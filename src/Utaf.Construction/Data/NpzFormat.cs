using System.IO.Compression;

namespace Utaf.Data;

/// <summary>NumPy arrays in a zip archive (numpy.savez), of which one holds the inputs and one, if any, the targets.</summary>
internal sealed class NpzFormat : IDataFormat
{
    private static readonly string[] InputNames = ["x", "X", "images", "data", "inputs", "x_train", "X_train", "train_images"];
    private static readonly string[] TargetNames = ["y", "Y", "labels", "targets", "label", "y_train", "Y_train", "train_labels"];

    public string Description => "NumPy arrays (.npz)";

    public bool Recognises(string path) => File.Exists(path) && path.EndsWith(".npz", StringComparison.OrdinalIgnoreCase);

    public DataTable Read(string path, DataOptions options)
    {
        options.RequireNoColumns("NPZ files");
        using var stream = DataFile.Open(path);
        using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
        var (inputs, targets) = Choose(path, archive, options);
        return NumberArray.ToTable(path, ReadArray(path, inputs), targets is null ? null : ReadArray(path, targets));
    }

    private static (ZipArchiveEntry Inputs, ZipArchiveEntry? Targets) Choose(string path, ZipArchive archive, DataOptions options)
    {
        var arrays = archive.Entries.Where(entry => entry.FullName.EndsWith(".npy", StringComparison.Ordinal))
            .DistinctBy(NameOf).ToDictionary(NameOf, StringComparer.Ordinal);
        if (options.Arrays is null)
        {
            var inputs = InputNames.FirstOrDefault(arrays.ContainsKey)
                ?? throw Errors.BadDataFile(
                    path, $"an array named {string.Join(", ", InputNames)}", $"{Names()}. Choose with --arrays INPUTS,TARGETS");
            var targets = options.WithoutLabels ? null : TargetNames.FirstOrDefault(arrays.ContainsKey);
            return (arrays[inputs], targets is null ? null : arrays[targets]);
        }

        return options.Arrays.Split(',', StringSplitOptions.TrimEntries) switch
        {
            [var inputs] => (Named(inputs), null),
            [var inputs, var targets] => (Named(inputs), options.WithoutLabels ? null : Named(targets)),
            _ => throw Errors.BadOption("--arrays", options.Arrays, "one or two names, such as images,labels"),
        };

        ZipArchiveEntry Named(string name) => arrays.TryGetValue(name, out var entry)
            ? entry
            : throw Errors.BadDataFile(path, $"an array '{name}' (--arrays)", Names());

        string Names() => arrays.Count == 0 ? "no arrays" : $"the arrays {string.Join(", ", arrays.Keys)}";
    }

    private static string NameOf(ZipArchiveEntry entry) => entry.FullName[..^".npy".Length];

    private static NumberArray ReadArray(string path, ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        return NpyArray.Read(stream, $"{path}[{NameOf(entry)}]");
    }
}
