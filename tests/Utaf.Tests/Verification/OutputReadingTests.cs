using Utaf.Verification;

namespace Utaf.Tests.Verification;

public sealed class OutputReadingTests
{
    public static TheoryData<float[][], OutputKind> Answers => new()
    {
        { [[0.2f, 0.8f], [1, 0]], OutputKind.Probabilities },
        { [[0.334f, 0.333f, 0.334f]], OutputKind.Probabilities },
        { [[-0.0005f, 1.0005f]], OutputKind.Probabilities },
        { [[0.2f, 0.8f], [0.2f, 0.9f]], OutputKind.Logits },
        { [[-0.002f, 1.002f]], OutputKind.Logits },
        { [[-1.609438f, -0.223144f]], OutputKind.LogProbabilities },
        { [[0.0005f, -40f]], OutputKind.LogProbabilities },
        { [[0, float.MinValue]], OutputKind.LogProbabilities },
        { [[-1.609438f, -0.223144f], [-1, -2]], OutputKind.Logits },
        { [[-1, -2, -3]], OutputKind.Logits },
        { [[2, -1]], OutputKind.Logits },
        { [[0, 0]], OutputKind.Logits },
        { [[0], [1], [0.5f]], OutputKind.Probabilities },
        { [[0.5f], [1.5f]], OutputKind.Logits },
        { [[0.5f], [-0.1f]], OutputKind.Logits },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public void Answers_are_recognised_over_the_whole_matrix(float[][] rows, OutputKind expected) =>
        Assert.Equal(expected, OutputReading.Recognise(Outputs(rows)));

    [Fact]
    public void One_row_that_looks_like_probabilities_among_logits_is_read_as_logits_too()
    {
        var read = OutputReading.AsProbabilities(Outputs([0.25f, 0.75f], [3, 1]));

        // softmax(0.25, 0.75) = 1/(1+e^0.5), softmax(3, 1) = 1/(1+e^-2).
        Assert.Equal(0.37754067f, read.Rows[0]![0], 1e-6f);
        Assert.Equal(0.88079708f, read.Rows[1]![0], 1e-6f);
    }

    [Fact]
    public void Probabilities_are_kept_bit_for_bit()
    {
        var outputs = Outputs([0.2f, 0.801f]);

        Assert.Same(outputs, OutputReading.AsProbabilities(outputs));
    }

    [Fact]
    public void The_same_probabilities_come_from_all_three_kinds()
    {
        float[] probabilities = [0.7f, 0.2f, 0.1f];
        var logs = Array.ConvertAll(probabilities, MathF.Log);
        var logits = Array.ConvertAll(logs, log => log + 5);

        foreach (var row in new[] { probabilities, logs, logits })
        {
            var read = OutputReading.AsProbabilities(Outputs(row)).Rows[0]!;
            Assert.All(read.Zip(probabilities), pair => Assert.Equal(pair.Second, pair.First, 1e-6f));
        }
    }

    [Fact]
    public void Huge_logits_do_not_overflow()
    {
        var read = OutputReading.AsProbabilities(Outputs([float.MaxValue, float.MinValue, 0]));

        Assert.Equal([1f, 0f, 0f], read.Rows[0]!);
    }

    [Theory]
    [InlineData(0f, 0.5f)]
    [InlineData(-2f, 0.11920292f)]
    [InlineData(float.MaxValue, 1f)]
    [InlineData(float.MinValue, 0f)]
    public void A_single_logit_goes_through_a_sigmoid(float logit, float expected) =>
        Assert.Equal(expected, OutputReading.AsProbabilities(Outputs([logit]), OutputKind.Logits).Rows[0]![0], 1e-6f);

    [Fact]
    public void A_reading_that_is_given_is_not_questioned()
    {
        var read = OutputReading.AsProbabilities(Outputs([0.25f, 0.75f]), OutputKind.Logits);

        Assert.Equal(0.37754067f, read.Rows[0]![0], 1e-6f);
    }

    [Fact]
    public void Missing_rows_stay_missing_and_do_not_count()
    {
        var outputs = new SuspectOutputs(2, [null, [2, -1], null]);

        var read = OutputReading.AsProbabilities(outputs);

        Assert.Null(read.Rows[0]);
        Assert.Equal(0.95257413f, read.Rows[1]![0], 1e-6f);
        Assert.Equal(1, read.Answered);
    }

    [Fact]
    public void An_unknown_kind_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => OutputReading.AsProbabilities(Outputs([1, 2]), (OutputKind)9));

    [Fact]
    public void Rows_of_another_width_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new SuspectOutputs(2, [[1, 2], [1]]));
        Assert.Throws<ArgumentException>(() => new SuspectOutputs(0, [[]]));
        Assert.Equal(0, new SuspectOutputs(0, [null, null]).Answered);
    }

    private static SuspectOutputs Outputs(params float[][] rows) => new(rows[0].Length, rows);
}
