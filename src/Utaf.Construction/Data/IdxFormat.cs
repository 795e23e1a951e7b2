using System.Buffers.Binary;
using System.Text.RegularExpressions;

namespace Utaf.Data;

/// <summary>
/// IDX, the format of MNIST (LeCun, "The MNIST database"), also gzipped. The labels of <c>NAME-images-idx3-ubyte</c> are looked for beside
/// it as <c>NAME-labels-idx1-ubyte</c>, with or without <c>.gz</c>.
/// </summary>
internal sealed partial class IdxFormat : IDataFormat
{
    public string Description => "IDX (-idx3-ubyte, .idx, also with .gz)";

    public bool Recognises(string path) => File.Exists(path) && FileName().IsMatch(Path.GetFileName(path));

    public DataTable Read(string path, DataOptions options)
    {
        options.RequireNoColumns("IDX files");
        var labels = options.WithoutLabels ? null : FindLabels(path);
        return NumberArray.ToTable(path, ReadArray(path), labels is null ? null : ReadArray(labels));
    }

    private static string? FindLabels(string images)
    {
        var name = Path.GetFileName(DataFile.WithoutGz(images));
        var labels = ImagesPart().Replace(name, "labels$1idx1");
        var beside = Path.Combine(Path.GetDirectoryName(images) ?? "", labels);
        return labels == name ? null : new[] { beside, $"{beside}.gz" }.FirstOrDefault(File.Exists);
    }

    private static NumberArray ReadArray(string path)
    {
        using var stream = DataFile.Open(path);
        Span<byte> magic = stackalloc byte[4];
        stream.ReadExactly(magic);
        if (magic[0] != 0 || magic[1] != 0 || TypeOf(magic[2]) is not { } type)
        {
            throw Errors.BadDataFile(path, "an IDX file, which starts with 00 00 and a type", $"the bytes {Convert.ToHexString(magic)}");
        }

        var shape = new int[magic[3]];
        var count = 1L;
        Span<byte> dimension = stackalloc byte[sizeof(int)];
        for (var d = 0; d < shape.Length; d++)
        {
            stream.ReadExactly(dimension);
            shape[d] = BinaryPrimitives.ReadInt32BigEndian(dimension);
            if (shape[d] <= 0)
            {
                throw Errors.BadDataFile(path, "dimensions of at least 1", $"{shape[d]}");
            }

            count = Math.Min(count * shape[d], long.MaxValue >> 32);
        }

        return new NumberArray(shape, type, BinaryNumbers.ReadToEnd(stream, path, type, bigEndian: true, count));
    }

    private static NumberType? TypeOf(byte code) => code switch
    {
        0x08 => NumberType.UInt8,
        0x09 => NumberType.Int8,
        0x0B => NumberType.Int16,
        0x0C => NumberType.Int32,
        0x0D => NumberType.Float32,
        0x0E => NumberType.Float64,
        _ => null,
    };

    [GeneratedRegex(@"[-.]idx\d*([-.][a-z]+)?(\.gz)?$", RegexOptions.IgnoreCase)]
    private static partial Regex FileName();

    [GeneratedRegex(@"images([-.])idx\d")]
    private static partial Regex ImagesPart();
}
