using System.Text.Json;
using Utaf.Configuration;
using Utaf.Fingerprints;

namespace Utaf.Endpoints.Protocols;

/// <summary>Writes inputs as the API takes them: numbers in their shape, or images in base64.</summary>
internal sealed class InputWriter
{
    /// <summary>How inputs may be encoded.</summary>
    public const string Numbers = "numbers", Png = "png";

    private readonly InputSpecification pair;
    private readonly double scale;
    private readonly ImageEncoding? image;
    private Action<float>? refuse;

    /// <exception cref="UtafException">UTAF1612, UTAF1614, UTAF1615, UTAF1616: the settings do not fit the pair.</exception>
    public InputWriter(string protocol, string origin, RequestSettings request, InputSpecification pair)
    {
        this.pair = pair;
        scale = request.Scale;
        Shape = request.Shape ?? pair.Shape;
        if (request.Encoding is not (Numbers or Png))
        {
            throw Errors.UnknownChoice(origin, protocol, "request.encoding", request.Encoding, [Numbers, Png]);
        }

        if (Shape.Any(size => size < 1) || Shape.Aggregate(1L, (size, dimension) => size * dimension) != Size)
        {
            throw Errors.OtherSize(origin, Found.Shape(Shape), Found.Shape(pair.Shape));
        }

        if (scale == 0 || !double.IsFinite(scale) || !Largest(float.MaxValue))
        {
            throw Errors.BadScale(origin, scale, "expected a number other than 0 that keeps the inputs within float32.");
        }

        if (request.Encoding == Png)
        {
            image = new ImageEncoding(ImageLayout.Of(Shape) ?? throw Errors.NotAnImage(origin, Found.Shape(Shape)), pair, scale);
            if (scale != 1 && (LeastSent < -0.5 || !Largest(255.5)))
            {
                throw Errors.BadScale(origin, scale, FormattableString.Invariant(
                    $"images hold levels from 0 to 255, but the pair's inputs, from {pair.Minimum} to {pair.Maximum}, would be from {LeastSent} to {MostSent}. Leave the scale out to have them fill 0 to 255."));
            }

            Note = "Inputs were sent as images of 8 bits, so each of their numbers was rounded to one of 256 levels.";
        }
    }

    /// <summary>The shape of one input as it is sent.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>Numbers in one input.</summary>
    public int Size => pair.Shape.Aggregate(1, (size, dimension) => size * dimension);

    /// <summary>Whether inputs are sent as images.</summary>
    public bool AsPng => image is not null;

    /// <summary>What a reader of the evidence should know of how inputs were changed; null: they were not.</summary>
    public string? Note { get; private set; }

    private double LeastSent => Math.Min(pair.Minimum * scale, pair.Maximum * scale);

    private double MostSent => Math.Max(pair.Minimum * scale, pair.Maximum * scale);

    /// <summary>
    /// From now on only whole numbers are written. With a scale, which says how inputs become whole numbers, they are rounded;
    /// without one they must be whole.
    /// </summary>
    /// <param name="refuse">Throws an error for a number that is not whole.</param>
    public void WriteWhole(Action<float> refuse)
    {
        this.refuse = refuse;
        if (scale != 1)
        {
            Note = FormattableString.Invariant($"Inputs were multiplied by {scale} and rounded to whole numbers, which are all that the suspect's tensor takes.");
        }
    }

    /// <summary>Whether the box, scaled, lies between these numbers.</summary>
    public bool Fits(double least, double most) => LeastSent >= least && MostSent <= most;

    /// <summary>All inputs of a batch, as an array.</summary>
    public void WriteAll(Utf8JsonWriter writer, QueryBatch batch) => WriteAll(writer, batch, input => Write(writer, input.Span));

    /// <summary>All inputs of a batch as an array of rows of cells, as in a table.</summary>
    public void WriteTable(Utf8JsonWriter writer, QueryBatch batch) => WriteAll(writer, batch, input =>
    {
        writer.WriteStartArray();
        WriteFlat(writer, input.Span);
        writer.WriteEndArray();
    });

    /// <summary>All inputs of a batch as an array, each written by the given action.</summary>
    public void WriteAll(Utf8JsonWriter writer, QueryBatch batch, Action<ReadOnlyMemory<float>> write)
    {
        writer.WriteStartArray();
        for (var i = 0; i < batch.Count; i++)
        {
            write(Input(batch, i));
        }

        writer.WriteEndArray();
    }

    /// <summary>One input of a batch.</summary>
    public ReadOnlyMemory<float> Input(QueryBatch batch, int i) => batch.Values.Slice(i * Size, Size);

    /// <summary>One input: numbers nested in arrays as its shape says, or an image.</summary>
    public void Write(Utf8JsonWriter writer, ReadOnlySpan<float> input)
    {
        if (image is null)
        {
            WriteNested(writer, input, 0);
        }
        else
        {
            writer.WriteBase64StringValue(image.Png(input));
        }
    }

    /// <summary>One input's numbers one after the other, row-major, or its image; the array around them is not written.</summary>
    public void WriteFlat(Utf8JsonWriter writer, ReadOnlySpan<float> input)
    {
        if (image is not null)
        {
            writer.WriteBase64StringValue(image.Png(input));
            return;
        }

        foreach (var value in input)
        {
            WriteNumber(writer, value);
        }
    }

    /// <summary>One input's image in base64.</summary>
    /// <exception cref="InvalidOperationException">Inputs are not sent as images.</exception>
    public string Base64(ReadOnlySpan<float> input) =>
        Convert.ToBase64String((image ?? throw new InvalidOperationException("Inputs are not sent as images.")).Png(input));

    /// <summary>A number as it is sent, before any rounding.</summary>
    public float Scaled(float value) => scale == 1 ? value : (float)(value * scale);

    private void WriteNested(Utf8JsonWriter writer, ReadOnlySpan<float> values, int dimension)
    {
        if (dimension == Shape.Count)
        {
            WriteNumber(writer, values[0]);
            return;
        }

        var size = values.Length / Shape[dimension];
        writer.WriteStartArray();
        for (var i = 0; i < Shape[dimension]; i++)
        {
            WriteNested(writer, values.Slice(i * size, size), dimension + 1);
        }

        writer.WriteEndArray();
    }

    /// <summary>The shortest text that float32 reads back as the same number.</summary>
    private void WriteNumber(Utf8JsonWriter writer, float value)
    {
        var scaled = Scaled(value);
        if (refuse is null)
        {
            writer.WriteNumberValue(scaled);
            return;
        }

        var whole = scale == 1 ? scaled : MathF.Round(scaled, MidpointRounding.AwayFromZero);
        if (whole != MathF.Round(whole) || MathF.Abs(whole) > long.MaxValue / 2)
        {
            refuse(whole);
        }

        writer.WriteNumberValue((long)whole);
    }

    private bool Largest(double limit) => Math.Max(Math.Abs(LeastSent), Math.Abs(MostSent)) <= limit;
}
