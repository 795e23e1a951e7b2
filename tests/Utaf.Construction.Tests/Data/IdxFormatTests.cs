namespace Utaf.Data.Tests;

public class IdxFormatTests : DataFolder
{
    /// <summary>Two images of 2x2 pixels.</summary>
    private static readonly byte[] Images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 255];
    private static readonly byte[] TwoLabels = [0, 0, 8, 1, 0, 0, 0, 2, 9, 0];

    [Theory]
    [InlineData("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", false)]
    [InlineData("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz", true)]
    [InlineData("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte.gz", true)]
    [InlineData("train-images.idx3-ubyte", "train-labels.idx1-ubyte", false)]
    public void Images_find_their_labels_beside_them(string images, string labels, bool gzip)
    {
        Write(labels, gzip ? Gzip(TwoLabels) : TwoLabels);

        var table = DataFormats.Read(Write(images, gzip ? Gzip(Images) : Images));

        Assert.Equal([1, 2, 2], table.InputShape);
        Assert.Equal([1f, 2, 3, 4, 5, 6, 7, 255], table.Inputs);
        Assert.Equal([9f, 0], table.Targets);
    }

    [Fact]
    public void Images_without_labels_are_inputs_only()
    {
        var path = Write("a-images-idx3-ubyte", Images);
        Assert.Equal(0, DataFormats.Read(path).TargetWidth);

        Write("a-labels-idx1-ubyte", TwoLabels);
        Assert.Equal(0, DataFormats.Read(path, new DataOptions("none")).TargetWidth);
    }

    [Fact]
    public void Labels_may_be_anywhere_when_their_file_is_named()
    {
        var labels = Write("elsewhere/answers.idx", TwoLabels);

        Assert.Equal([9f, 0], DataFormats.Read(Write("scans.idx", Images), new DataOptions(LabelFile: labels)).Targets);
    }

    [Theory]
    [InlineData(0x09, "FF", -1f)]
    [InlineData(0x0B, "FFFE", -2f)]
    [InlineData(0x0C, "FFFFFFFD", -3f)]
    [InlineData(0x0D, "3FC00000", 1.5f)]
    [InlineData(0x0E, "3FF8000000000000", 1.5f)]
    public void Numbers_are_big_endian(byte type, string hex, float expected) =>
        Assert.Equal([expected], DataFormats.Read(Write("a.idx", [0, 0, type, 1, 0, 0, 0, 1, .. Convert.FromHexString(hex)])).Inputs);

    [Theory]
    [InlineData("0000080300000002", "truncated or damaged")]
    [InlineData("0000080100000003" + "0102", "Expected 3 numbers of type UInt8, found 2: the file is truncated")]
    [InlineData("0000080100000001" + "0102", "found more bytes after them")]
    [InlineData("00000801FFFFFFFF", "dimensions of at least 1")]
    [InlineData("0000FF0100000001" + "01", "found the bytes 0000FF01")]
    [InlineData("504B0304", "found the bytes 504B0304")]
    [InlineData("000008017FFFFF00" + "01", "truncated")]
    public void A_damaged_file_is_an_error(string hex, string text)
    {
        var error = ErrorOf(Write("a.idx", Convert.FromHexString(hex)));

        Assert.Contains("UTAF1207", error, StringComparison.Ordinal);
        Assert.Contains(text, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_for_other_images_are_an_error()
    {
        Write("a-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 1, 9]);

        Assert.Contains("Expected targets for 2 examples, found 1", ErrorOf(Write("a-images-idx3-ubyte", Images)), StringComparison.Ordinal);
    }
}
