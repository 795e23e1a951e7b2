using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>A column of words of a NumPy archive, such as the split that each image is of: arrays of numbers are what data files are read for.</summary>
internal static partial class NpzWords
{
    private const int LongestHeader = 1 << 16;

    /// <summary>Reads an array of shape [N] and type &lt;U (NEP 1: four bytes for each character, padded with zeros).</summary>
    /// <exception cref="UtafException">UTAF1207: there is no such array, or the archive is damaged; UTAF1003: it cannot be read.</exception>
    public static IReadOnlyList<string> Read(string path, string name)
    {
        try
        {
            using var archive = ZipFile.OpenRead(path);
            var entry = archive.GetEntry($"{name}.npy")
                ?? throw Errors.BadDataFile(path, $"an array '{name}'", $"the arrays {string.Join(", ", archive.Entries.Select(found => found.FullName))}");
            using var stream = entry.Open();
            return Read(stream, $"{path}[{name}]");
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw Errors.BadDataFile(path, "a whole .npz archive", $"one that is truncated or damaged ({e.Message.TrimEnd('.')})");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.FileUnreadable(path, e);
        }
    }

    private static string[] Read(Stream stream, string origin)
    {
        Span<byte> start = stackalloc byte[8];
        stream.ReadExactly(start);
        Span<byte> length = stackalloc byte[start[6] == 1 ? 2 : 4];
        stream.ReadExactly(length);
        var size = start[6] == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(length) : BinaryPrimitives.ReadUInt32LittleEndian(length);
        var header = new byte[Math.Min(size, LongestHeader)];
        stream.ReadExactly(header);
        var text = Encoding.Latin1.GetString(header);
        if (Header().Match(text) is not { Success: true } match || !int.TryParse(match.Groups["width"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var width))
        {
            throw Errors.BadDataFile(origin, "one word for each image (type <U, shape [N])", text.Trim());
        }

        var words = new string[int.Parse(match.Groups["count"].ValueSpan, CultureInfo.InvariantCulture)];
        var word = new byte[4 * width];
        for (var i = 0; i < words.Length; i++)
        {
            stream.ReadExactly(word);
            words[i] = Encoding.UTF32.GetString(word).TrimEnd('\0');
        }

        return words;
    }

    [GeneratedRegex(@"'descr': '<U(?<width>\d{1,3})', 'fortran_order': False, 'shape': \((?<count>\d{1,9}),\)")]
    private static partial Regex Header();
}
