namespace Utaf.Fingerprints;

/// <summary>What the meta-verifier reads of a suspect's answers where it does not read them as they are.</summary>
/// <param name="Width">d_out, numbers per answer, at least 1.</param>
public abstract record AnswerReading(int Width)
{
    /// <summary>Answers whose variance is below this share of what is added to it are read as less than a tenth of what others are.</summary>
    protected const double ShareOfNothing = 0.01;

    /// <summary>d_out.</summary>
    public int Width { get; } = Width >= 1 ? Width : throw new ArgumentOutOfRangeException(nameof(Width), Width, "Expected at least 1.");

    /// <summary>Its name in the manifest.</summary>
    public abstract AnswerScale Scale { get; }

    /// <summary>N at least: with fewer answers nothing is read of any suspect.</summary>
    public abstract int FewestExamples { get; }

    /// <summary>The reading that a manifest names; null: answers are read as they are.</summary>
    /// <param name="scale">The name.</param>
    /// <param name="width">d_out, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such reading.</exception>
    public static AnswerReading? Named(AnswerScale? scale, int width) => scale switch
    {
        null => null,
        AnswerScale.Logarithmic => new CentredLogarithms(width),
        AnswerScale.StandardisedLogarithmic => new CentredLogarithms(width, Standardised: true),
        AnswerScale.InnerProducts => new InnerProducts(width),
        _ => throw new ArgumentOutOfRangeException(nameof(scale), scale, "Expected a scale that is defined."),
    };

    /// <summary>How many numbers are read of so many outputs.</summary>
    /// <param name="outputs">N·d_out.</param>
    public virtual int ReadWidth(int outputs) => outputs;

    /// <summary>What is read.</summary>
    /// <param name="outputs">[N, <see cref="Width"/>] row-major.</param>
    /// <returns><see cref="ReadWidth"/> numbers.</returns>
    /// <exception cref="ArgumentException">The length is no multiple of the width.</exception>
    public float[] Of(ReadOnlySpan<float> outputs) => outputs.Length % Width == 0
        ? Read(outputs)
        : throw new ArgumentException($"Expected a multiple of {Width} numbers, found {outputs.Length}.", nameof(outputs));

    /// <summary>
    /// Whether answers differ so little where only their differences are read that what is read is next to nothing: the
    /// meta-verifier's score would be one of no answers at all.
    /// </summary>
    /// <param name="outputs">[N, <see cref="Width"/>] row-major.</param>
    public virtual bool SaysNothing(ReadOnlySpan<float> outputs) => false;

    /// <summary><see cref="Of"/> for whole answers.</summary>
    protected abstract float[] Read(ReadOnlySpan<float> outputs);

    /// <summary>Takes off each number's mean over the answers.</summary>
    /// <param name="values">[N, <see cref="Width"/>], changed.</param>
    /// <returns>The variance that is left, over all numbers; sums are in double precision.</returns>
    protected double CentreOverAnswers(Span<float> values)
    {
        var means = new double[Width];
        for (var row = 0; row < values.Length; row += Width)
        {
            for (var i = 0; i < Width; i++)
            {
                means[i] += values[row + i];
            }
        }

        var answers = values.Length / Width;
        var squares = 0.0;
        for (var row = 0; row < values.Length; row += Width)
        {
            for (var i = 0; i < Width; i++)
            {
                var centred = values[row + i] - (means[i] / answers);
                squares += centred * centred;
                values[row + i] = (float)centred;
            }
        }

        return squares / values.Length;
    }

    /// <summary>Divides all numbers by one.</summary>
    protected static void Divide(Span<float> values, double divisor)
    {
        foreach (ref var value in values)
        {
            value = (float)(value / divisor);
        }
    }
}
