using Utaf.Fingerprints;

namespace Utaf.Endpoints.Protocols;

/// <summary>Inputs as PNG images of 8 bits. Rounding to 256 levels changes the inputs a little.</summary>
/// <param name="layout">Where the pixels are among an input's numbers.</param>
/// <param name="box">Where the inputs lie; Minimum becomes 0 and Maximum 255.</param>
/// <param name="scale">Where it is not 1: what inputs are multiplied by instead, to lie in [0, 255].</param>
internal sealed class ImageEncoding(ImageLayout layout, InputSpecification box, double scale)
{
    /// <summary>The image: grey where there is one channel, else red, green and blue.</summary>
    /// <param name="input">Row-major, in the layout.</param>
    public byte[] Png(ReadOnlySpan<float> input)
    {
        var levels = new byte[layout.Height * layout.Width * layout.Channels];
        var next = 0;
        for (var y = 0; y < layout.Height; y++)
        {
            for (var x = 0; x < layout.Width; x++)
            {
                for (var channel = 0; channel < layout.Channels; channel++)
                {
                    levels[next++] = Level(input[layout.Place(channel, y, x)]);
                }
            }
        }

        return PngFile.Of(levels, layout.Width, layout.Height, layout.Channels);
    }

    private byte Level(float value)
    {
        var span = box.Maximum - box.Minimum;
        var level = scale != 1 ? value * scale : span > 0 ? (value - box.Minimum) / span * 255 : 0;
        return (byte)Math.Clamp(Math.Round(level, MidpointRounding.AwayFromZero), 0, 255);
    }
}

/// <summary>Where the pixels of an image are among the numbers of an input.</summary>
/// <param name="Channels">1 or 3.</param>
/// <param name="Height">At least 1.</param>
/// <param name="Width">At least 1.</param>
/// <param name="ChannelsLast">Whether the channels of one pixel lie beside each other.</param>
internal sealed record ImageLayout(int Channels, int Height, int Width, bool ChannelsLast)
{
    /// <summary>Of [C, H, W], [H, W, C] or [H, W], C being 1 or 3.</summary>
    /// <returns>Null if an input of this shape is no image.</returns>
    public static ImageLayout? Of(IReadOnlyList<int> shape) => shape switch
    {
        [var height, var width] => new(1, height, width, ChannelsLast: false),
        [1 or 3, var height, var width] => new(shape[0], height, width, ChannelsLast: false),
        [var height, var width, 1 or 3] => new(shape[2], height, width, ChannelsLast: true),
        _ => null,
    };

    /// <summary>The position of a pixel's channel among the input's numbers.</summary>
    public int Place(int channel, int y, int x) =>
        ChannelsLast ? (((y * Width) + x) * Channels) + channel : (((channel * Height) + y) * Width) + x;
}
