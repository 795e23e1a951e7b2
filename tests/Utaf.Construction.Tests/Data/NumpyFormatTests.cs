using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Utaf.Data.Tests;

public class NumpyFormatTests : DataFolder
{
    [Fact]
    public void A_file_that_numpy_wrote_reads_as_numpy_reads_it()
    {
        // np.save(f, np.asfortranarray(np.array([[1, -2, 3], [4, 5, 300]], '>i2')))
        const string saved = "k05VTVBZAQB2AHsnZGVzY3InOiAnPmkyJywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMyksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAQAE//4ABQADASw=";

        var table = DataFormats.Read(Write("a.npy", Convert.FromBase64String(saved)));

        Assert.Equal([1f, -2, 4, 5], table.Inputs);
        Assert.Equal([3f, 300], table.Targets);
    }

    [Fact]
    public void An_archive_that_numpy_compressed_reads_as_numpy_reads_it()
    {
        // np.savez_compressed(f, x=np.arange(6.0).reshape(2, 3) / 4, y=np.array([1, 0]), note=np.array(['a', 'b']))
        const string saved = "UEsDBBQAAAAIAAAAIQA0MXjIVwAAALAAAAAFABQAeC5ucHkBABAAsAAAAAAAAABXAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqGuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6CsaaOgq1CmQDLgYUcMEeQj+A0i+g9Aco/cUeAFBLAwQUAAAACAAAACEAcfs5q0gAAACQAAAABQAUAHkubnB5AQAQAJAAAAAAAAAASAAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2mhrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RpGOpo6CrUKFAAuRgZUAABQSwMEFAAAAAgAAAAhAKcv4OxLAAAAiAAAAAgAFABub3RlLm5weQEAEACIAAAAAAAAAEsAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgbhNqqK6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaRjqaOgq1ChQArkQGBoYkIAYAUEsBAhQDFAAAAAgAAAAhADQxeMhXAAAAsAAAAAUAAAAAAAAAAAAAAIABAAAAAHgubnB5UEsBAhQDFAAAAAgAAAAhAHH7OatIAAAAkAAAAAUAAAAAAAAAAAAAAIABjgAAAHkubnB5UEsBAhQDFAAAAAgAAAAhAKcv4OxLAAAAiAAAAAgAAAAAAAAAAAAAAIABDQEAAG5vdGUubnB5UEsFBgAAAAADAAMAnAAAAJIBAAAAAA==";

        var table = DataFormats.Read(Write("a.npz", Convert.FromBase64String(saved)));

        Assert.Equal([3], table.InputShape);
        Assert.Equal([0f, 0.25f, 0.5f, 0.75f, 1, 1.25f], table.Inputs);
        Assert.Equal([1f, 0], table.Targets);
    }

    [Theory]
    [InlineData("|b1", "0100")]
    [InlineData("|u1", "01FF")]
    [InlineData("|i1", "01FF")]
    [InlineData("<i2", "0100FFFF")]
    [InlineData(">i2", "0001FFFF")]
    [InlineData("<u2", "0100FFFF")]
    [InlineData("<i4", "01000000FFFFFFFF")]
    [InlineData(">i4", "00000001FFFFFFFF")]
    [InlineData("<i8", "0100000000000000FFFFFFFFFFFFFFFF")]
    [InlineData(">i8", "0000000000000001FFFFFFFFFFFFFFFF")]
    [InlineData("<f2", "003C00BC")]
    [InlineData(">f2", "3C00BC00")]
    [InlineData("<f4", "0000803F000080BF")]
    [InlineData(">f4", "3F800000BF800000")]
    [InlineData("<f8", "000000000000F03F000000000000F0BF")]
    [InlineData(">f8", "3FF0000000000000BFF0000000000000")]
    public void Every_type_of_numbers_is_read_in_its_byte_order(string type, string hex)
    {
        var second = type switch { "|b1" => 0f, "|u1" => 255f, "<u2" => 65535f, _ => -1f };

        var table = DataFormats.Read(Write("a.npy", Npy(type, "(2,)", Convert.FromHexString(hex))));

        Assert.Equal([1f, second], table.Inputs);
        Assert.Equal([1], table.InputShape);
        Assert.Equal(0, table.TargetWidth);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Versions_1_to_3_of_the_format_are_read(int version) =>
        Assert.Equal([7f], DataFormats.Read(Write("a.npy", Npy("|u1", "(1,)", [7], version))).Inputs);

    [Fact]
    public void Column_major_arrays_of_any_rank_are_turned()
    {
        // The numbers 0 … 23 of np.arange(24).reshape(2, 3, 4), the first index running fastest.
        var columnMajor = new byte[24];
        for (var i = 0; i < 24; i++)
        {
            columnMajor[(i / 12) + (i / 4 % 3 * 2) + (i % 4 * 6)] = (byte)i;
        }

        var table = DataFormats.Read(Write("a.npy", Npy("|i1", "(2, 3, 4)", columnMajor, fortranOrder: true)));

        Assert.Equal([3, 4], table.InputShape);
        Assert.Equal(Enumerable.Range(0, 24).Select(i => (float)i), table.Inputs);
    }

    [Theory]
    [InlineData("|u1", "(1, 2, 2)", new[] { 1, 2, 2 }, new[] { 0f, 1, 2, 3 })]
    [InlineData("|u1", "(1, 2, 2, 1)", new[] { 1, 2, 2 }, new[] { 0f, 1, 2, 3 })]
    [InlineData("|u1", "(1, 1, 2, 3)", new[] { 3, 1, 2 }, new[] { 0f, 3, 1, 4, 2, 5 })]
    [InlineData("|u1", "(2, 1, 2, 3)", new[] { 3, 1, 2 }, new[] { 0f, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11 })]
    [InlineData("|u1", "(1, 3, 1, 2)", new[] { 3, 1, 2 }, new[] { 0f, 1, 2, 3, 4, 5 })]
    [InlineData("|i1", "(1, 1, 2, 3)", new[] { 1, 2, 3 }, new[] { 0f, 1, 2, 3, 4, 5 })]
    public void Bytes_are_images_with_channels_first(string type, string shape, int[] expectedShape, float[] expected)
    {
        var numbers = Enumerable.Range(0, expected.Length).Select(i => (byte)i).ToArray();

        var table = DataFormats.Read(Write("a.npz", Npz(("images", Npy(type, shape, numbers)))));

        Assert.Equal(expectedShape, table.InputShape);
        Assert.Equal(expected, table.Inputs);
    }

    [Fact]
    public void Arrays_of_an_archive_are_chosen_by_option()
    {
        var path = Write("a.npz", Npz(("x", Npy("|u1", "(1,)", [1])), ("scans", Npy("|u1", "(1,)", [2])), ("kinds", Npy("|u1", "(1, 2)", [3, 4]))));

        var chosen = DataFormats.Read(path, new DataOptions(Arrays: "scans,kinds"));

        Assert.Equal([2f], chosen.Inputs);
        Assert.Equal([3f, 4], chosen.Targets);
        Assert.Equal(2, chosen.TargetWidth);
        Assert.Equal(0, DataFormats.Read(path, new DataOptions(Arrays: "scans")).TargetWidth);
        Assert.Equal(0, DataFormats.Read(path, new DataOptions("none", Arrays: "scans,kinds")).TargetWidth);
        Assert.Contains("found the arrays x, scans, kinds", ErrorOf(path, new DataOptions(Arrays: "y")), StringComparison.Ordinal);
    }

    [Fact]
    public void An_archive_without_customary_names_lists_what_it_has() =>
        Assert.Contains("found the arrays arr_0. Choose with --arrays", ErrorOf(Write("a.npz", Npz(("arr_0", Npy("|u1", "(1,)", [1]))))), StringComparison.Ordinal);

    [Fact]
    public void Inputs_and_targets_must_be_equally_many() =>
        Assert.Contains(
            "Expected targets for 2 examples, found 1",
            ErrorOf(Write("a.npz", Npz(("x", Npy("|u1", "(2,)", [1, 2])), ("y", Npy("|u1", "(1,)", [1]))))),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("|O", "(1,)", 8, "object array")]
    [InlineData("<U5", "(1,)", 20, "the type 'U5'")]
    [InlineData("<c8", "(1,)", 8, "the type 'c8'")]
    [InlineData("<f4", "(3,)", 8, "Expected 3 numbers of type Float32, found 2: the file is truncated")]
    [InlineData("<f4", "(1,)", 8, "found more bytes after them")]
    [InlineData("<f4", "()", 4, "at least one example")]
    [InlineData("<f4", "(0, 3)", 0, "at least one example")]
    [InlineData("<f8", "(2000000000, 1000)", 8, "Split the file")]
    [InlineData("<f4", "(1073741824,)", 8, "truncated")]
    public void An_array_that_cannot_be_read_is_an_error(string type, string shape, int bytes, string text)
    {
        var error = ErrorOf(Write("a.npy", Npy(type, shape, new byte[bytes])));

        Assert.Contains("UTAF1207", error, StringComparison.Ordinal);
        Assert.Contains(text, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_truncated_archive_or_header_is_an_error()
    {
        var archive = Npz(("x", Npy("|u1", "(1,)", [1])));

        Assert.Contains("UTAF1207", ErrorOf(Write("a.npz", archive[..^30])), StringComparison.Ordinal);
        Assert.Contains("UTAF1207", ErrorOf(Write("a.npy", Npy("|u1", "(1,)", [1])[..20])), StringComparison.Ordinal);
        Assert.Contains("UTAF1207", ErrorOf(Write("b.npy", "no array")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_that_is_not_finite_is_named_by_row_and_place()
    {
        var numbers = Convert.FromHexString("0000803F0000803F0000803F" + "0000803F0000C07F0000803F");

        Assert.Contains("(2) : error UTAF1202: Expected a finite number in row 2, column input 1, found NaN.", ErrorOf(Write("a.npy", Npy("<f4", "(2, 3)", numbers))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_choice_of_columns_is_refused_where_there_are_none()
    {
        var path = Write("a.npz", Npz(("x", Npy("|u1", "(1,)", [1]))));

        Assert.Contains("UTAF1001", ErrorOf(path, new DataOptions("dose")), StringComparison.Ordinal);
        Assert.Contains("UTAF1001", ErrorOf(path, new DataOptions(SkipColumns: 1)), StringComparison.Ordinal);
    }

    /// <summary>An array as numpy.lib.format specifies: magic, version, header length, header padded to 64 bytes, numbers.</summary>
    private static byte[] Npy(string type, string shape, byte[] numbers, int version = 1, bool fortranOrder = false)
    {
        var lengthSize = version == 1 ? 2 : 4;
        var dictionary = $"{{'descr': '{type}', 'fortran_order': {(fortranOrder ? "True" : "False")}, 'shape': {shape}, }}";
        var padding = 63 - ((8 + lengthSize + dictionary.Length) % 64);
        var header = Encoding.ASCII.GetBytes($"{dictionary}{new string(' ', padding)}\n");
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, header.Length);
        return [0x93, .. "NUMPY"u8, (byte)version, 0, .. length[..lengthSize], .. header, .. numbers];
    }

    private static byte[] Npz(params (string Name, byte[] Array)[] arrays)
    {
        using var memory = new MemoryStream();
        using (var archive = new ZipArchive(memory, ZipArchiveMode.Create))
        {
            foreach (var (name, array) in arrays)
            {
                using var entry = archive.CreateEntry($"{name}.npy").Open();
                entry.Write(array);
            }
        }

        return memory.ToArray();
    }
}
