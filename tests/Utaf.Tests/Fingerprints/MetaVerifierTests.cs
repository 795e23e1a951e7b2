using CsCheck;
using Utaf.Fingerprints;

namespace Utaf.Tests.Fingerprints;

public sealed class MetaVerifierTests
{
    // Standardised: [(3-1)/2, (-2-2)/4] = [1, -1]. Hidden: relu(1-2+0.5) = 0, relu(3+1-1) = 3.
    // Output: z0 = 2·3+0.25 = 6.25, z1 = 3·3-0.25 = 8.75.
    private static readonly MetaVerifier ByHand = new(
        2, mean: [1, 2], scale: [2, 4], hiddenWeights: [1, 2, 3, -1], hiddenBias: [0.5f, -1], outputWeights: [1, 2, -1, 3], outputBias: [0.25f, -0.25f]);

    [Fact]
    public void Log_odds_are_those_computed_by_hand() => Assert.Equal(2.5, ByHand.LogOdds([3, -2]), 6);

    [Fact]
    public void The_matching_rate_is_the_softmax_of_the_log_odds() =>
        Assert.Equal(0.92414181997875655, ByHand.MatchingRate([3, -2]), 6);

    [Theory]
    [InlineData(1e6f, 1.0)]
    [InlineData(-1e6f, double.Epsilon)]
    [InlineData(0f, 0.5)]
    public void Large_log_odds_saturate_instead_of_overflowing(float output, double expected) =>
        Assert.Equal(expected, Linear().MatchingRate([output]));

    [Fact]
    public void Log_odds_still_order_what_the_matching_rate_rounds_to_one()
    {
        var verifier = Linear();

        Assert.Equal(verifier.MatchingRate([50]), verifier.MatchingRate([60]));
        Assert.True(verifier.LogOdds([50]) < verifier.LogOdds([60]));
    }

    [Fact]
    public void Any_weights_give_what_plain_loops_in_double_precision_give()
    {
        var number = Gen.Float[-3, 3];
        var sample =
            from width in Gen.Int[1, 40]
            from hidden in Gen.Int[1, 20]
            from mean in number.Array[width]
            from scale in Gen.Float[0.1f, 3].Array[width]
            from hiddenWeights in number.Array[hidden * width]
            from hiddenBias in number.Array[hidden]
            from outputWeights in number.Array[2 * hidden]
            from outputBias in number.Array[2]
            from outputs in number.Array[width]
            select (new MetaVerifier(width, mean, scale, hiddenWeights, hiddenBias, outputWeights, outputBias), outputs);

        sample.Sample((verifier, outputs) =>
        {
            var expected = PlainLogOdds(verifier, outputs);
            return Math.Abs(verifier.LogOdds(outputs) - expected) <= 1e-2 + (1e-4 * Math.Abs(expected));
        });
    }

    [Fact]
    public void Probabilities_are_read_as_logarithms_where_the_pair_says_so()
    {
        // ln of 0.9001 and 0.1001 is -0.10525 and -2.30159: 1.09817 on either side of their mean. Then as by hand:
        // standardised [0.0490848, -0.7745424], hidden relu(-1) = 0 and relu(0.1472545 + 0.7745424 - 1) = 0.
        var verifier = new MetaVerifier(2, [1, 2], [2, 4], [1, 2, 3, -1], [2, 0], [1, 2, -1, 3], [0.25f, -0.25f], new CentredLogarithms(2));

        // Hidden relu(0.0490848 - 1.5490848 + 2) = 0.5 and 0.9217969: z0 = 2.5935938, z1 = 2.0153907.
        Assert.Equal(-0.5782031, verifier.LogOdds([0.9f, 0.1f]), 4);
    }

    [Fact]
    public void Logarithms_of_an_answer_have_no_mean_and_are_finite_at_the_ends()
    {
        float[] read = new CentredLogarithms(3).Of([1, 0, 0, -0.5f, 1.5f, 0]);

        Assert.Equal(0, read[..3].Sum(), 5);
        Assert.Equal(0, read[3..].Sum(), 5);
        Assert.Equal(Math.Log(1.0001 / 0.0001), read[0] - read[1], 4);
        Assert.Equal(read[1], read[2]);
        Assert.Equal(read[3], read[5]);
    }

    [Theory]
    [InlineData(0.5f, 0)]
    [InlineData(1f, 4.605220)]
    [InlineData(0f, -4.605220)]
    [InlineData(0.9f, 1.098170)]
    public void One_probability_is_that_of_two_classes(float probability, double expected)
    {
        Assert.Equal(expected, new CentredLogarithms(1).Of([probability])[0], 4);
        Assert.Equal(expected, new CentredLogarithms(2).Of([1 - probability, probability])[1], 4);
    }

    [Fact]
    public void Logarithms_of_part_of_an_answer_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new CentredLogarithms(3).Of([1, 0]));
        Assert.Throws<ArgumentException>(() => new MetaVerifier(1, [0], [1], [1], [0], [0, 1], [0, 0], new CentredLogarithms(2)));
    }

    [Fact]
    public void Standardised_logarithms_are_less_their_mean_over_the_answers_and_divided_by_what_is_left()
    {
        // Centred, the first number of each answer is ±1.098170 of 0.9 and 0.1 and 0 of 0.5; the second is its opposite.
        // Means 0 and deviation sqrt(2/3 · 1.098170² + 0.01) = 0.902208.
        float[] read = new CentredLogarithms(2, Standardised: true).Of([0.9f, 0.1f, 0.5f, 0.5f, 0.1f, 0.9f]);

        Assert.All(read.Zip(new[] { 1.217203, -1.217203, 0, 0, -1.217203, 1.217203 }), pair => Assert.Equal(pair.Second, pair.First, 1e-4));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Which_classes_a_model_always_prefers_and_how_sure_it_is_leave_standardised_logarithms_alone(int width)
    {
        var random = new Random(5);
        double[] scores = [.. Enumerable.Range(0, 12).Select(_ => random.NextDouble() * 3)];
        float[] plain = Probabilities(scores, width, _ => 0, 1);
        float[] disguised = Probabilities(scores, width, place => place == 0 ? 0.7 : 0, 1.2);
        var reading = new CentredLogarithms(width, Standardised: true);

        // The floor and what is added to the variance leave a little.
        Assert.All(reading.Of(plain).Zip(reading.Of(disguised)), pair => Assert.Equal(pair.First, pair.Second, 0.03));
        Assert.Contains(new CentredLogarithms(width).Of(plain).Zip(new CentredLogarithms(width).Of(disguised)), pair => Math.Abs(pair.First - pair.Second) > 0.2);

        static float[] Probabilities(double[] scores, int width, Func<int, double> preference, double factor)
        {
            double[] odds = [.. scores.Select((score, i) => Math.Exp((factor * score) + preference(i % width)))];
            return width == 1
                ? [.. odds.Select(value => (float)(value / (1 + value)))]
                : [.. odds.Chunk(width).SelectMany(row => row.Select(value => (float)(value / row.Sum())))];
        }
    }

    [Fact]
    public void Answers_say_nothing_where_they_differ_by_a_hundredth_and_less()
    {
        var (plain, standardised, products) = (new CentredLogarithms(2), new CentredLogarithms(2, Standardised: true), new InnerProducts(2));
        foreach (var (difference, nothing) in new[] { (0f, true), (0.002f, true), (0.02f, false) })
        {
            float[] answers = [0.5f - difference, 0.5f + difference, 0.5f + difference, 0.5f - difference, 0.5f, 0.5f];

            Assert.Equal(nothing, standardised.SaysNothing(answers));
            Assert.False(plain.SaysNothing(answers));
            Assert.Equal(difference == 0, products.SaysNothing(answers));
        }
    }

    [Fact]
    public void Inner_products_are_those_computed_by_hand()
    {
        // Less the means [2, 2]: [-1, 1], [0, -2], [1, 1]. Variance 8/6, mean square 32/6: divided by sqrt(1.333867), the products
        // over the width are -2/2, 0/2 and -2/2 of 1/1.333867.
        float[] read = new InnerProducts(2).Of([1, 3, 2, 0, 3, 3]);

        Assert.Equal(3, read.Length);
        Assert.Equal(-0.749700, read[0], 1e-5);
        Assert.Equal(0, read[1], 1e-5);
        Assert.Equal(-0.749700, read[2], 1e-5);
    }

    [Fact]
    public void Brightness_contrast_and_what_all_answers_share_leave_inner_products_alone()
    {
        var random = new Random(7);
        float[] answers = [.. Enumerable.Range(0, 40).Select(_ => (float)random.NextDouble())];
        float[] shared = [.. Enumerable.Range(0, 8).Select(_ => (float)random.NextDouble())];
        float[] disguised = [.. answers.Select((value, i) => (0.5f * value) + shared[i % 8])];
        var reading = new InnerProducts(8);

        Assert.Equal(10, reading.ReadWidth(40));
        Assert.All(reading.Of(answers).Zip(reading.Of(disguised)), pair => Assert.Equal(pair.First, pair.Second, 0.01));
        Assert.Contains(reading.Of(answers), product => Math.Abs(product) > 0.1);
        Assert.All(reading.Of(new float[40]), product => Assert.Equal(0, product));
    }

    [Fact]
    public void Readings_need_answers_to_differ_between()
    {
        Assert.Throws<ArgumentException>(() => new MetaVerifier(2, Ones(2), Ones(2), Ones(2), [0], [0, 1], [0, 0], new CentredLogarithms(2, Standardised: true)));
        Assert.Throws<ArgumentException>(() => new MetaVerifier(4, Ones(1), Ones(1), Ones(1), [0], [0, 1], [0, 0], new InnerProducts(2)));
        Assert.Throws<ArgumentException>(() => new MetaVerifier(6, Ones(6), Ones(6), Ones(6), [0], [0, 1], [0, 0], new InnerProducts(2)));
        Assert.Equal(6, new MetaVerifier(6, Ones(3), Ones(3), Ones(3), [0], [0, 1], [0, 0], new InnerProducts(2)).InputWidth);
    }

    [Fact]
    public void Outputs_of_another_length_are_refused() =>
        Assert.Throws<ArgumentException>(() => ByHand.MatchingRate([1, 2, 3]));

    [Theory]
    [InlineData(1, 2, 4, 2, 4, 2)]
    [InlineData(2, 1, 4, 2, 4, 2)]
    [InlineData(2, 2, 3, 2, 4, 2)]
    [InlineData(2, 2, 4, 1, 4, 2)]
    [InlineData(2, 2, 4, 2, 3, 2)]
    [InlineData(2, 2, 4, 2, 4, 1)]
    [InlineData(2, 2, 0, 0, 0, 2)]
    public void Weights_of_another_size_are_refused(int mean, int scale, int hiddenWeights, int hiddenBias, int outputWeights, int outputBias) =>
        Assert.Throws<ArgumentException>(() => new MetaVerifier(
            2, Ones(mean), Ones(scale), Ones(hiddenWeights), Ones(hiddenBias), Ones(outputWeights), Ones(outputBias)));

    [Theory]
    [InlineData(0f)]
    [InlineData(-1f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_scale_that_cannot_divide_is_refused(float scale) =>
        Assert.Throws<ArgumentException>(() => new MetaVerifier(1, [0], [scale], [1], [0], [0, 1], [0, 0]));

    [Fact]
    public void A_weight_that_is_no_number_is_refused() =>
        Assert.Throws<ArgumentException>(() => new MetaVerifier(1, [0], [1], [float.NaN], [0], [0, 1], [0, 0]));

    /// <summary>Log-odds = the one output: relu(x) - relu(-x).</summary>
    private static MetaVerifier Linear() => new(1, [0], [1], [1, -1], [0, 0], [0, 1, 1, 0], [0, 0]);

    private static float[] Ones(int count) => [.. Enumerable.Repeat(1f, count)];

    private static double PlainLogOdds(MetaVerifier v, float[] outputs)
    {
        var logits = new double[] { v.OutputBias[0], v.OutputBias[1] };
        for (var h = 0; h < v.Hidden; h++)
        {
            double sum = v.HiddenBias[h];
            for (var i = 0; i < v.InputWidth; i++)
            {
                sum += v.HiddenWeights[(h * v.InputWidth) + i] * (((double)outputs[i] - v.Mean[i]) / v.Scale[i]);
            }

            logits[0] += v.OutputWeights[h] * Math.Max(0, sum);
            logits[1] += v.OutputWeights[v.Hidden + h] * Math.Max(0, sum);
        }

        return logits[1] - logits[0];
    }
}
