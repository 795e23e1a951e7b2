using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Utaf.Benchmarks.Tests;

/// <summary>Small data of chance in the formats of the scenarios' files.</summary>
internal static class ScenarioData
{
    private const int Images = 150;
    private const int Side = 28;

    public static void Write(string scenario, string folder)
    {
        var random = new Random(1);
        switch (scenario)
        {
            case "warfarin":
                File.WriteAllText(Path.Combine(folder, "iwpc_31feat_5741.csv"), Table(random, features: 31));
                break;
            case "skin":
                Archive(Path.Combine(folder, "derma28_ham10000.npz"), random);
                break;
            default:
                foreach (var name in (string[])["train-images-idx3-ubyte", "t10k-images-idx3-ubyte"])
                {
                    File.WriteAllBytes(Path.Combine(folder, name), [0, 0, 8, 3, .. BigEndian(Images), .. BigEndian(Side), .. BigEndian(Side), .. Pixels(random, 1)]);
                }

                break;
        }
    }

    /// <summary>Two identifiers, the features, a dose that depends on them.</summary>
    public static string Table(Random random, int features, int rows = Images)
    {
        var text = new StringBuilder("subject,site," + string.Join(',', Enumerable.Range(0, features).Select(i => $"f{i}")) + ",dose\n");
        for (var row = 0; row < rows; row++)
        {
            double[] values = [.. Enumerable.Range(0, features).Select(i => i < 2 ? 50 + (100 * random.NextDouble()) : random.Next(2))];
            text.AppendLine(CultureInfo.InvariantCulture, $"P{row},{random.Next(20)},{string.Join(',', values.Select(value => value.ToString("0.0", CultureInfo.InvariantCulture)))},{10 + (values[^1] * 20) + (values[0] / 10):0.0}");
        }

        return text.ToString();
    }

    /// <summary>Images of seven classes as MedMNIST publishes them: an archive with arrays for each part.</summary>
    public static void WritePublished(string folder, int side = Side, byte mostLabel = 6)
    {
        var random = new Random(1);
        using var archive = ZipFile.Open(Path.Combine(folder, "dermamnist.npz"), ZipArchiveMode.Create);
        foreach (var (part, images) in (ReadOnlySpan<(string, int)>)[("train", 120), ("val", 20), ("test", 40)])
        {
            var pixels = new byte[images * side * side * 3];
            random.NextBytes(pixels);
            Add(archive, $"{part}_images", "|u1", $"({images}, {side}, {side}, 3)", pixels);
            Add(archive, $"{part}_labels", "|u1", $"({images}, 1)", [.. Enumerable.Range(0, images).Select(i => (byte)(i % (mostLabel + 1)))]);
        }
    }

    private static void Archive(string path, Random random)
    {
        using var archive = ZipFile.Open(path, ZipArchiveMode.Create);
        Add(archive, "images", "|u1", $"({Images}, {Side}, {Side}, 3)", Pixels(random, 3));
        Add(archive, "labels", "|u1", $"({Images},)", [.. Enumerable.Range(0, Images).Select(i => (byte)(i % 7))]);
        var words = Enumerable.Range(0, Images).Select(i => (i % 5) switch { 0 => "test", 1 => "val", _ => "train" });
        Add(archive, "split", "<U5", $"({Images},)", [.. words.SelectMany(word => Encoding.UTF32.GetBytes(word.PadRight(5, '\0')))]);
    }

    private static void Add(ZipArchive archive, string name, string type, string shape, byte[] content)
    {
        using var stream = archive.CreateEntry($"{name}.npy").Open();
        var header = Encoding.Latin1.GetBytes($"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}".PadRight(117) + "\n");
        stream.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. header, .. content]);
    }

    private static byte[] Pixels(Random random, int channels)
    {
        var pixels = new byte[Images * Side * Side * channels];
        random.NextBytes(pixels);
        return pixels;
    }

    private static byte[] BigEndian(int number)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return bytes;
    }
}
