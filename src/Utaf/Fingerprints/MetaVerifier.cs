using System.Numerics.Tensors;

namespace Utaf.Fingerprints;

/// <summary>
/// The meta-verifier V of the paper: standardise, one hidden ReLU layer, softmax over (negative, positive). What it standardises
/// may be another reading of the outputs. Managed code, so that a third party verifies without torch.
/// </summary>
public sealed class MetaVerifier
{
    /// <summary>Takes the weights over, without copying them.</summary>
    /// <param name="inputWidth">W = N·d_out, the length of the concatenated outputs; at least 1.</param>
    /// <param name="mean">Mean of each number that is read, [R]; R is W unless the reading says otherwise.</param>
    /// <param name="scale">Standard deviation of each number that is read, [R], each above 0.</param>
    /// <param name="hiddenWeights">[H, R], row-major.</param>
    /// <param name="hiddenBias">[H], H at least 1.</param>
    /// <param name="outputWeights">[2, H], row-major; row 1 belongs to the positive class.</param>
    /// <param name="outputBias">[2].</param>
    /// <param name="reading">What outputs become before they are standardised; null: they are read as they are.</param>
    /// <exception cref="ArgumentException">A size does not fit, a number is not finite, or a scale is not above 0.</exception>
    public MetaVerifier(
        int inputWidth,
        float[] mean,
        float[] scale,
        float[] hiddenWeights,
        float[] hiddenBias,
        float[] outputWeights,
        float[] outputBias,
        AnswerReading? reading = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputWidth, 1);
        ArgumentNullException.ThrowIfNull(hiddenBias);
        if (hiddenBias.Length == 0)
        {
            throw new ArgumentException("The meta-verifier has no hidden unit.", nameof(hiddenBias));
        }

        long hidden = hiddenBias.Length;
        InputWidth = inputWidth;
        Reading = reading is null || (inputWidth % reading.Width == 0 && inputWidth / reading.Width >= reading.FewestExamples)
            ? reading
            : throw new ArgumentException($"{inputWidth} outputs are not {reading.FewestExamples} or more answers of {reading.Width}.", nameof(reading));
        var read = reading?.ReadWidth(inputWidth) ?? inputWidth;
        Mean = Checked(mean, read, nameof(mean));
        Scale = Checked(scale, read, nameof(scale));
        HiddenWeights = Checked(hiddenWeights, hidden * read, nameof(hiddenWeights));
        HiddenBias = Checked(hiddenBias, hidden, nameof(hiddenBias));
        OutputWeights = Checked(outputWeights, 2 * hidden, nameof(outputWeights));
        OutputBias = Checked(outputBias, 2, nameof(outputBias));
        if (Array.Exists(scale, size => size <= 0))
        {
            throw new ArgumentException("A scale of the meta-verifier is not above 0.", nameof(scale));
        }
    }

    /// <summary>W = N·d_out: how many numbers the concatenated outputs have.</summary>
    public int InputWidth { get; }

    /// <summary>H, the number of hidden units (100 in the paper).</summary>
    public int Hidden => HiddenBias.Length;

    /// <summary>Mean of each number that is read, [R].</summary>
    public float[] Mean { get; }

    /// <summary>Standard deviation of each number that is read, [R], each above 0.</summary>
    public float[] Scale { get; }

    /// <summary>Weights of the hidden layer, [H, R], row-major.</summary>
    public float[] HiddenWeights { get; }

    /// <summary>Bias of the hidden layer, [H].</summary>
    public float[] HiddenBias { get; }

    /// <summary>Weights of the last layer, [2, H], row-major; row 1 belongs to the positive class.</summary>
    public float[] OutputWeights { get; }

    /// <summary>Bias of the last layer, [2].</summary>
    public float[] OutputBias { get; }

    /// <summary>What outputs become before they are standardised; null: they are read as they are.</summary>
    public AnswerReading? Reading { get; }

    /// <summary>The matching rate p₊ of a suspect: softmax(V(outputs))[1].</summary>
    /// <param name="concatenatedOutputs">The suspect's outputs, [N, d_out] row-major, in the pair's output space.</param>
    /// <returns>In (0, 1]; NaN if the outputs are so large that single precision overflows.</returns>
    /// <exception cref="ArgumentException">The length is not <see cref="InputWidth"/>.</exception>
    public double MatchingRate(ReadOnlySpan<float> concatenatedOutputs) => MatchingRate(LogOdds(concatenatedOutputs));

    /// <summary>The matching rate that log-odds stand for.</summary>
    /// <param name="logOdds">As <see cref="LogOdds"/> gives them.</param>
    public static double MatchingRate(double logOdds)
    {
        // softmax([z0, z1])[1] = 1 / (1 + exp(z0 - z1)); the exponent below is never positive, so nothing overflows.
        // No softmax is ever 0, and at ρ = 0 whatever is asked matches.
        var small = Math.Max(Math.Exp(-Math.Abs(logOdds)), double.Epsilon);
        return logOdds >= 0 ? 1 / (1 + small) : small / (1 + small);
    }

    /// <summary>The logarithm of p₊ / (1 - p₊), z₁ - z₀: it still orders suspects whose matching rates round to 0 or 1.</summary>
    /// <inheritdoc cref="MatchingRate(ReadOnlySpan{float})"/>
    /// <returns>Any real number; NaN or infinite if the outputs are so large that single precision overflows.</returns>
    public double LogOdds(ReadOnlySpan<float> concatenatedOutputs)
    {
        if (concatenatedOutputs.Length != InputWidth)
        {
            throw new ArgumentException(
                $"Expected {InputWidth} concatenated outputs, found {concatenatedOutputs.Length}.", nameof(concatenatedOutputs));
        }

        // One pass over R numbers: a vectorised one would take longer to be compiled than all scores of a run take.
        var read = Reading is { } reading ? reading.Of(concatenatedOutputs) : concatenatedOutputs;
        var standardised = new float[read.Length];
        for (var i = 0; i < read.Length; i++)
        {
            standardised[i] = (read[i] - Mean[i]) / Scale[i];
        }

        var activations = new float[Hidden];
        for (var h = 0; h < Hidden; h++)
        {
            var sum = TensorPrimitives.Dot(HiddenWeights.AsSpan(h * read.Length, read.Length), standardised);
            activations[h] = MathF.Max(0, sum + HiddenBias[h]);
        }

        double negative = TensorPrimitives.Dot(OutputWeights.AsSpan(0, Hidden), activations) + OutputBias[0];
        double positive = TensorPrimitives.Dot(OutputWeights.AsSpan(Hidden, Hidden), activations) + OutputBias[1];
        return positive - negative;
    }

    private static float[] Checked(float[] values, long length, string name)
    {
        ArgumentNullException.ThrowIfNull(values, name);
        if (values.Length != length)
        {
            throw new ArgumentException($"Expected {length} numbers, found {values.Length}.", name);
        }

        return Array.TrueForAll(values, float.IsFinite)
            ? values
            : throw new ArgumentException("A number is NaN or infinite.", name);
    }
}
