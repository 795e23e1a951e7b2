using System.Text;
using BigGustave;

namespace Utaf.Data.Tests;

public class ImageFolderFormatTests : DataFolder
{
    [Fact]
    public void Sub_folders_in_ordinal_order_are_the_classes()
    {
        Write("set/b/2.pgm", Grey(2, 1, 30, 40));
        Write("set/b/10.pgm", Grey(2, 1, 10, 20));
        Write("set/B/1.pgm", Grey(2, 1, 0, 255));
        Write("set/b/.hidden.pgm", "no image");
        Write("set/.cache/1.pgm", "no image");

        var table = DataFormats.Read(PathOf("set"));

        Assert.Equal([1, 1, 2], table.InputShape);
        Assert.Equal([0f, 255, 10, 20, 30, 40], table.Inputs);
        Assert.Equal([0f, 1, 1], table.Targets);
    }

    [Fact]
    public void Colours_become_channels()
    {
        var png = PngBuilder.Create(2, 1, hasAlphaChannel: false);
        png.SetPixel(1, 2, 3, 0, 0);
        png.SetPixel(4, 5, 6, 1, 0);
        Write("set/a/1.png", png.Save());
        Write("set/b/1.ppm", [.. "P6\n# made by hand\n2 1\n255\n"u8, 7, 8, 9, 10, 11, 12]);

        var table = DataFormats.Read(PathOf("set"));

        Assert.Equal([3, 1, 2], table.InputShape);
        Assert.Equal([1f, 4, 2, 5, 3, 6, 7, 10, 8, 11, 9, 12], table.Inputs);
    }

    [Fact]
    public void Grey_png_has_one_channel()
    {
        // zlib-compressed rows 00 0A 14 and 00 1E FF of a 2x2 image of 8 grey bits.
        const string png = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAAAAABX3VL4AAAADklEQVR4nGPgEmGQ+w8AAcMBPG39J1QAAAAASUVORK5CYII=";
        Write("set/a/1.PNG", Convert.FromBase64String(png));

        var table = DataFormats.Read(PathOf("set"));

        Assert.Equal([1, 2, 2], table.InputShape);
        Assert.Equal([10f, 20, 30, 255], table.Inputs);
    }

    [Fact]
    public void A_darker_scale_is_brought_to_255()
    {
        Write("set/a/1.pgm", [.. "P5 2 1 15\n"u8, 0, 15]);

        Assert.Equal([0f, 255], DataFormats.Read(PathOf("set")).Inputs);
    }

    [Fact]
    public void Images_without_sub_folders_or_asked_without_labels_have_none()
    {
        Write("flat/1.pgm", Grey(1, 1, 5));
        Write("set/a/1.pgm", Grey(1, 1, 5));

        Assert.Equal(0, DataFormats.Read(PathOf("flat")).TargetWidth);
        Assert.Equal(0, DataFormats.Read(PathOf("set"), new DataOptions("none")).TargetWidth);
    }

    [Fact]
    public void Images_of_another_size_are_refused_by_name()
    {
        var first = Write("set/a/1.pgm", Grey(2, 1, 1, 2));
        var other = Write("set/b/2.pgm", Grey(1, 2, 1, 2));

        Assert.Equal(
            $"{other} : error UTAF1207: Expected 2x1 pixels in grey as {first} has, found 1x2 pixels in grey. Bring all images to one size and kind.",
            ErrorOf(PathOf("set")));
    }

    [Fact]
    public void Grey_among_colours_is_refused()
    {
        Write("set/a/1.pgm", Grey(1, 1, 1));
        Write("set/a/2.ppm", [.. "P6 1 1 255\n"u8, 7, 8, 9]);

        Assert.Contains("found 1x1 pixels in colour", ErrorOf(PathOf("set")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a/1.jpg", "", "Expected images as .png, .pgm or .ppm, found .jpg")]
    [InlineData("a/1.png", "not a png", "a damaged one")]
    [InlineData("a/1.png", "", "an empty file")]
    [InlineData("a/1.pgm", "P2 1 1 255 7", "found 'P2'")]
    [InlineData("a/1.pgm", "P5 2 2 255\nab", "Expected 4 bytes of pixels, found 2")]
    [InlineData("a/1.pgm", "P5 0 2 255\nab", "a width of at least 1")]
    [InlineData("a/1.pgm", "P5 1 1 65535\nab", "at most 8 bits")]
    [InlineData("a/1.pgm", "P5 # a comment without end", "a width of at least 1")]
    [InlineData("a/notes.txt", "", "found none")]
    public void What_is_no_readable_image_is_an_error(string name, string content, string text)
    {
        Write($"set/{name}", Encoding.ASCII.GetBytes(content));

        var error = ErrorOf(PathOf("set"));

        Assert.Contains("UTAF1207", error, StringComparison.Ordinal);
        Assert.Contains(text, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_beside_class_folders_are_refused()
    {
        Write("set/1.pgm", Grey(1, 1, 1));
        Write("set/a/1.pgm", Grey(1, 1, 1));

        Assert.Contains("found both", ErrorOf(PathOf("set")), StringComparison.Ordinal);
    }

    private static byte[] Grey(int width, int height, params byte[] pixels) =>
        [.. Encoding.ASCII.GetBytes($"P5\n{width} {height}\n255\n"), .. pixels];
}
