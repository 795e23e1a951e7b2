namespace Utaf.Data;

/// <summary>An array of any rank, row-major, as a binary file holds it.</summary>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Type">The type its numbers had in the file.</param>
/// <param name="Values">Its numbers.</param>
internal sealed record NumberArray(int[] Shape, NumberType Type, float[] Values)
{
    /// <summary>Makes examples of an array of inputs and one of targets; the first dimension of both is N.</summary>
    /// <remarks>
    /// Bytes are taken for images: [N, H, W] becomes [1, H, W] per example, and [N, H, W, C] with C of 1, 3 or 4 becomes [C, H, W],
    /// as torch has it. Other types stay as they are: three dimensions of floats may well be [N, time, channel].
    /// </remarks>
    /// <exception cref="UtafException">UTAF1207: an array has no examples, or they are not equally many.</exception>
    public static DataTable ToTable(string origin, NumberArray inputs, NumberArray? targets)
    {
        RequireExamples(origin, inputs, "inputs");
        var images = inputs.AsImages();
        if (targets is null)
        {
            return new DataTable(images.ExampleShape(), images.Values, 0, [], origin);
        }

        RequireExamples(origin, targets, "targets");
        if (targets.Shape[0] != inputs.Shape[0])
        {
            throw Errors.BadDataFile(origin, $"targets for {inputs.Shape[0]} examples", $"{targets.Shape[0]}");
        }

        return new DataTable(images.ExampleShape(), images.Values, targets.Values.Length / targets.Shape[0], targets.Values, origin);
    }

    private int[] ExampleShape() => Shape.Length == 1 ? [1] : Shape[1..];

    private NumberArray AsImages() => (Type, Shape) switch
    {
        (NumberType.UInt8, [var n, var h, var w]) => this with { Shape = [n, 1, h, w] },
        (NumberType.UInt8, [var n, var h, var w, 1]) => this with { Shape = [n, 1, h, w] },
        (NumberType.UInt8, [var n, var h, var w, (3 or 4) and var c]) => this with { Shape = [n, c, h, w], Values = ChannelsFirst(n, h * w, c) },
        _ => this,
    };

    /// <summary>From [N, pixels, C] to [N, C, pixels].</summary>
    private float[] ChannelsFirst(int n, int pixels, int channels)
    {
        var result = new float[Values.Length];
        for (var start = 0; start < n * pixels * channels; start += pixels * channels)
        {
            for (var pixel = 0; pixel < pixels; pixel++)
            {
                for (var channel = 0; channel < channels; channel++)
                {
                    result[start + (channel * pixels) + pixel] = Values[start + (pixel * channels) + channel];
                }
            }
        }

        return result;
    }

    private static void RequireExamples(string origin, NumberArray array, string what)
    {
        if (array.Shape.Length == 0 || array.Values.Length == 0)
        {
            throw Errors.BadDataFile(origin, $"{what} of at least one example", $"an array of shape [{string.Join(", ", array.Shape)}]");
        }
    }
}
