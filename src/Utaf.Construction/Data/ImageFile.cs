using System.Globalization;
using System.Text;
using BigGustave;

namespace Utaf.Data;

/// <summary>A decoded image.</summary>
/// <param name="Channels">1 (grey) or 3 (red, green, blue).</param>
/// <param name="Height">Rows of pixels.</param>
/// <param name="Width">Columns of pixels.</param>
/// <param name="Pixels">[Channels, Height, Width], each in [0, 255].</param>
internal sealed record ImageFile(int Channels, int Height, int Width, float[] Pixels)
{
    private static readonly string[] Readable = [".png", ".pgm", ".ppm"];
    private static readonly string[] Unreadable = [".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff"];

    /// <summary>Whether a file is an image that can be read.</summary>
    /// <exception cref="UtafException">UTAF1207: it is an image of another kind, which to pass over would lose an example.</exception>
    public static bool Recognises(string path)
    {
        var extension = Path.GetExtension(path);
        return !Unreadable.Contains(extension, StringComparer.OrdinalIgnoreCase)
            ? Readable.Contains(extension, StringComparer.OrdinalIgnoreCase) && !Path.GetFileName(path).StartsWith('.')
            : throw Errors.BadDataFile(path, "images as .png, .pgm or .ppm", $"{extension}. Convert it first");
    }

    /// <summary>Decodes a PNG (transparency is dropped, 16 bits are scaled to 8) or a binary PGM or PPM of up to 8 bits.</summary>
    /// <exception cref="UtafException">UTAF1207: the file is damaged or of another kind.</exception>
    public static ImageFile Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        if (bytes.Length == 0)
        {
            throw Errors.BadDataFile(path, "an image", "an empty file (0 bytes)");
        }

        return Path.GetExtension(path).Equals(".png", StringComparison.OrdinalIgnoreCase) ? ReadPng(path, bytes) : ReadNetpbm(path, bytes);
    }

    private static ImageFile ReadPng(string path, byte[] bytes)
    {
        // IHDR comes first (PNG specification, 11.2.2). The decoder takes fewer bits of grey for a damaged file.
        if (bytes.Length > 25 && bytes[25] is 0 && bytes[24] < 8)
        {
            throw Errors.BadDataFile(path, "a PNG image with at least 8 bits per grey value", $"{bytes[24]}. Convert it first");
        }

        try
        {
            return FromPng(Png.Open(bytes));
        }
        catch (Exception e) when (e is not (UtafException or OutOfMemoryException))
        {
            // The decoder has no exception of its own: damage shows as whatever its arrays and streams throw.
            throw Errors.BadDataFile(path, "a PNG image", $"a damaged one: {e.Message.TrimEnd('.')}");
        }
    }

    private static ImageFile FromPng(Png png)
    {
        var (height, width) = (png.Height, png.Width);
        var channels = png.Header.ColorType.HasFlag(ColorType.ColorUsed) ? 3 : 1;
        var pixels = new float[channels * height * width];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var pixel = png.GetPixel(x, y);
                var at = (y * width) + x;
                pixels[at] = pixel.R;
                if (channels == 3)
                {
                    pixels[at + (height * width)] = pixel.G;
                    pixels[at + (2 * height * width)] = pixel.B;
                }
            }
        }

        return new ImageFile(channels, height, width, pixels);
    }

    /// <summary>The binary forms of the Netpbm project, P5 (grey) and P6 (colour).</summary>
    private static ImageFile ReadNetpbm(string path, byte[] bytes)
    {
        var at = 0;
        var channels = Token() switch
        {
            "P5" => 1,
            "P6" => 3,
            var other => throw Errors.BadDataFile(path, "a binary PGM (P5) or PPM (P6)", $"'{other}'"),
        };
        var (width, height, brightest) = (Number("width"), Number("height"), Number("brightest value"));
        if (brightest > 255)
        {
            throw Errors.BadDataFile(path, "at most 8 bits per value", $"a brightest value of {brightest}");
        }

        var start = at + 1;
        var size = (long)channels * height * width;
        if (bytes.Length - start < size)
        {
            throw Errors.BadDataFile(path, $"{size} bytes of pixels", $"{Math.Max(0, bytes.Length - start)}: the file is truncated");
        }

        var pixels = new float[size];
        for (var i = 0; i < size; i++)
        {
            pixels[(i % channels * height * width) + (i / channels)] = bytes[start + i] * 255f / brightest;
        }

        return new ImageFile(channels, height, width, pixels);

        int Number(string what)
        {
            var token = Token();
            return int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0
                ? value
                : throw Errors.BadDataFile(path, $"a {what} of at least 1", $"'{token}'");
        }

        string Token()
        {
            while (at < bytes.Length && (char.IsWhiteSpace((char)bytes[at]) || bytes[at] == '#'))
            {
                // A comment runs to the end of its line.
                at = bytes[at] == '#' && Array.IndexOf(bytes, (byte)'\n', at) is >= 0 and var end ? end + 1 : at + 1;
            }

            var from = at;
            while (at < bytes.Length && !char.IsWhiteSpace((char)bytes[at]) && at - from < 20)
            {
                at++;
            }

            return Encoding.Latin1.GetString(bytes, from, at - from);
        }
    }
}
