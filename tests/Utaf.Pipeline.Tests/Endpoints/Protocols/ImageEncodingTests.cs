using BigGustave;
using CsCheck;
using Utaf.Endpoints.Protocols;
using Utaf.Fingerprints;

namespace Utaf.Pipeline.Tests.Endpoints.Protocols;

/// <summary>Inputs as PNG images, read back by somebody else's reader.</summary>
public sealed class ImageEncodingTests
{
    [Fact]
    public void The_box_becomes_0_to_255()
    {
        Assert.Equal([0, 128, 255], Grey(new InputSpecification([1, 1, 3], -1, 1), 1, [-1, 0.001f, 1]));
        Assert.Equal([0, 51, 255], Grey(new InputSpecification([1, 1, 3], 0, 5), 1, [0, 1, 5]));
    }

    [Fact]
    public void A_scale_says_it_otherwise() => Assert.Equal([0, 3, 100], Grey(new InputSpecification([1, 1, 3], 0, 1), 100, [0, 0.025f, 1]));

    [Fact]
    public void Values_outside_are_clamped_and_an_empty_box_is_black()
    {
        Assert.Equal([0, 255, 255], Grey(new InputSpecification([1, 1, 3], 0, 1), 1, [-0.1f, 1.1f, 1e30f]));
        Assert.Equal([0, 0, 0], Grey(new InputSpecification([1, 1, 3], 1, 1), 1, [1, 1, 1]));
    }

    [Theory]
    [InlineData(new[] { 4, 5 })]
    [InlineData(new[] { 1, 4, 5 })]
    [InlineData(new[] { 3, 4, 5 })]
    [InlineData(new[] { 4, 5, 1 })]
    [InlineData(new[] { 4, 5, 3 })]
    public void Every_pixel_is_where_it_was(int[] shape) => Gen.Int[0, 255].Array[shape.Aggregate((a, b) => a * b)].Sample(levels =>
    {
        var layout = ImageLayout.Of(shape)!;
        var png = new ImageEncoding(layout, new InputSpecification(shape, 0, 255), 1).Png(Array.ConvertAll(levels, level => (float)level));

        var image = Png.Open(png);
        Assert.Equal((5, 4, 8), (image.Width, image.Height, (int)image.Header.BitDepth));
        Assert.Equal(shape.Contains(3) ? ColorType.ColorUsed : ColorType.None, image.Header.ColorType);
        for (var y = 0; y < 4; y++)
        {
            for (var x = 0; x < 5; x++)
            {
                for (var channel = 0; channel < 3; channel++)
                {
                    var place = shape switch
                    {
                        [_, _] or [1, _, _] or [_, _, 1] => (y * 5) + x,
                        [3, _, _] => (channel * 20) + (y * 5) + x,
                        _ => (((y * 5) + x) * 3) + channel,
                    };
                    var pixel = image.GetPixel(x, y);
                    Assert.Equal(levels[place], channel switch { 0 => pixel.R, 1 => pixel.G, _ => pixel.B });
                }
            }
        }
    });

    [Fact]
    public void The_same_input_gives_the_same_bytes()
    {
        var encoding = new ImageEncoding(ImageLayout.Of([28, 28])!, new InputSpecification([28, 28], 0, 1), 1);
        var input = Enumerable.Range(0, 784).Select(i => i / 784f).ToArray();

        Assert.Equal(encoding.Png(input), encoding.Png(input));
    }

    [Fact]
    public void Every_part_has_its_checksum()
    {
        // The last part of every PNG is the same to the last byte.
        var png = new ImageEncoding(ImageLayout.Of([1, 1])!, new InputSpecification([1, 1], 0, 1), 1).Png([0]);

        Assert.Equal([0, 0, 0, 0, (byte)'I', (byte)'E', (byte)'N', (byte)'D', 0xAE, 0x42, 0x60, 0x82], png[^12..]);
    }

    private static int[] Grey(InputSpecification box, double scale, float[] values)
    {
        var image = Png.Open(new ImageEncoding(ImageLayout.Of(box.Shape)!, box, scale).Png(values));
        return [.. Enumerable.Range(0, image.Width).Select(x => (int)image.GetPixel(x, 0).R)];
    }
}
