using System.Security.Cryptography;
using Utaf.Fingerprints;
using Utaf.Verification;

namespace Utaf.Tests.Verification;

/// <summary>
/// The sample pair's log-odds are 8·(p - 0.5) for the answers [p, 1-p] twice; its threshold is 0.5 and its held-out negatives
/// score 0.1, 0.2 and 0.8.
/// </summary>
public sealed class VerifierTests
{
    private const string Digest = "0123456789abcdef";

    [Theory]
    // Above every negative: p = 1/4.
    [InlineData(0.9f, 0.9608, null, 0.25, Decision.PiracySuspected, 1)]
    [InlineData(0.9f, 0.9608, 0.25, 0.25, Decision.PiracySuspected, 1)]
    [InlineData(0.9f, 0.9608, 0.3, 0.25, Decision.PiracySuspected, 1)]
    // Above the threshold, but one negative is as high: p = 2/4.
    [InlineData(0.6f, 0.6900, null, 0.5, Decision.PiracySuspected, 1)]
    [InlineData(0.6f, 0.6900, 0.3, 0.5, Decision.Inconclusive, 4)]
    [InlineData(0.6f, 0.6900, 0.5, 0.5, Decision.PiracySuspected, 1)]
    // At and below the threshold.
    [InlineData(0.5f, 0.5, null, 0.5, Decision.NoPiracySuspected, 0)]
    [InlineData(0.1f, 0.0392, null, 1.0, Decision.NoPiracySuspected, 0)]
    [InlineData(0.1f, 0.0392, 0.3, 1.0, Decision.NoPiracySuspected, 0)]
    // A significance below the floor of 1/4 cannot be reached, whatever the score.
    [InlineData(0.9f, 0.9608, 0.05, 0.25, Decision.Inconclusive, 4)]
    [InlineData(0.1f, 0.0392, 0.05, 1.0, Decision.Inconclusive, 4)]
    public async Task The_score_the_threshold_and_the_significance_decide(
        float p, double rate, double? significance, double pValue, Decision decision, int exitCode)
    {
        var verdict = await VerifyAsync(new Answers(2, [[p, 1 - p], [p, 1 - p]]), significance);

        Assert.Equal(decision, verdict.Decision);
        Assert.Equal(exitCode, (int)verdict.ExitCode);
        Assert.Equal(rate, verdict.MatchingRate!.Value, 1e-4);
        Assert.Equal(pValue, verdict.PValue);
        Assert.Equal(0.25, verdict.PValueFloor);
        Assert.Equal(significance, verdict.Significance);
        Assert.Equal((2, 2), (verdict.Asked, verdict.Answered));
    }

    [Fact]
    public async Task A_verdict_names_the_suspect_the_model_and_the_pair()
    {
        var verdict = await VerifyAsync(new Answers(2, [[0.9f, 0.1f], [0.9f, 0.1f]]), null);

        Assert.Equal("https://suspect.example", verdict.Suspect);
        Assert.Equal(SamplePairs.Manifest.Model, verdict.Model);
        Assert.Equal(Digest, verdict.PairSha256);
        Assert.Equal(0.5, verdict.Threshold);
        Assert.Equal("probabilities", verdict.OutputReading);
        Assert.Equal("The matching rate 0.960834 is above the threshold 0.5 (p-value 0.25 from 3 held-out negatives).", verdict.Reason);
    }

    [Fact]
    public async Task A_significance_that_cannot_be_reached_says_how_many_negatives_would_do()
    {
        var verdict = await VerifyAsync(new Answers(2, [[0.9f, 0.1f], [0.9f, 0.1f]]), 0.05);

        Assert.Equal(
            "The asked significance 0.05 is below 0.25, the smallest p-value that the pair's 3 held-out negatives can give; 19 would be needed.",
            verdict.Reason);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_missing_answer_is_inconclusive_with_counts(int answered)
    {
        float[]?[] rows = [answered > 0 ? [0.9f, 0.1f] : null, null];

        var verdict = await VerifyAsync(new Answers(answered > 0 ? 2 : 0, rows), 0.3);

        Assert.Equal(Decision.Inconclusive, verdict.Decision);
        Assert.Equal(ExitCode.Inconclusive, verdict.ExitCode);
        Assert.Null(verdict.MatchingRate);
        Assert.Null(verdict.PValue);
        Assert.Equal((2, answered), (verdict.Asked, verdict.Answered));
        Assert.Equal($"The suspect answered {answered} of 2 inputs; all are needed.", verdict.Reason);
    }

    [Theory]
    [InlineData(0, "The suspect answered 0 of 2 inputs; all are needed.")]
    [InlineData(1, "The suspect answered 1 of 2 inputs; all are needed.")]
    [InlineData(3, "The suspect gave 3 answers to 2 inputs, so they cannot be matched.")]
    public async Task Too_few_or_too_many_rows_are_inconclusive(int count, string reason)
    {
        var verdict = await VerifyAsync(new Answers(2, [.. Enumerable.Repeat<float[]?>([0.9f, 0.1f], count)]), null);

        Assert.Equal(Decision.Inconclusive, verdict.Decision);
        Assert.Equal(reason, verdict.Reason);
    }

    [Fact]
    public async Task Another_width_is_another_task()
    {
        var exception = await Assert.ThrowsAsync<UtafException>(() => VerifyAsync(new Answers(3, [[1, 2, 3], [1, 2, 3]]), null));

        Assert.Equal("UTAF1601", exception.Diagnostic.Code);
        Assert.Equal(ExitCode.Usage, exception.Diagnostic.ExitCode);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public async Task An_answer_that_is_no_number_is_an_error_that_names_the_example(float value)
    {
        var exception = await Assert.ThrowsAsync<UtafException>(() => VerifyAsync(new Answers(2, [[0.9f, 0.1f], [0.5f, value]]), null));

        Assert.Equal("UTAF1603", exception.Diagnostic.Code);
        Assert.Equal(ExitCode.Inconclusive, exception.Diagnostic.ExitCode);
        Assert.Contains("example 1", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public async Task A_significance_outside_its_range_is_refused_before_anything_is_sent(double significance)
    {
        var suspect = new Answers(2, []);

        var exception = await Assert.ThrowsAsync<UtafException>(() => VerifyAsync(suspect, significance));

        Assert.Equal("UTAF1001", exception.Diagnostic.Code);
        Assert.Equal(0, suspect.Queries);
    }

    [Theory]
    [InlineData(new[] { 2f, -2f }, "logits")]
    [InlineData(new[] { -0.0181499f, -4.0181499f }, "logProbabilities")]
    [InlineData(new[] { 0.98201379f, 0.01798621f }, "probabilities")]
    public async Task Logits_log_probabilities_and_probabilities_of_one_model_score_the_same(float[] row, string reading)
    {
        var verdict = await VerifyAsync(new Answers(2, [row, row]), null);

        // 1/(1+e^-3.8561), 3.8561 = 8·(0.98201379 - 0.5).
        Assert.Equal(0.97928, verdict.MatchingRate!.Value, 1e-4);
        Assert.Equal(reading, verdict.OutputReading);
    }

    [Fact]
    public async Task Raw_outputs_are_not_read_as_anything_else()
    {
        var manifest = SamplePairs.Manifest with { Task = "regression", Output = new OutputSpecification(2, OutputSpace.Raw) };

        var verdict = await VerifyAsync(new Answers(2, [[2, -2], [2, -2]]), null, SamplePairs.WithManifest(manifest));

        // 8·(2 - 0.5) = 12.
        Assert.Equal(1 / (1 + Math.Exp(-12)), verdict.MatchingRate!.Value, 1e-9);
        Assert.Equal("raw", verdict.OutputReading);
    }

    [Fact]
    public async Task Raw_outputs_too_large_to_score_are_inconclusive()
    {
        var manifest = SamplePairs.Manifest with { Output = new OutputSpecification(2, OutputSpace.Raw) };
        var suspect = new Answers(2, [[float.MaxValue, 0], [float.MaxValue, 0]]);

        var verdict = await VerifyAsync(suspect, null, SamplePairs.WithManifest(manifest));

        Assert.Equal(Decision.Inconclusive, verdict.Decision);
        Assert.Null(verdict.MatchingRate);
        Assert.Contains("so large", verdict.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Answers_next_to_alike_are_inconclusive_where_only_their_differences_are_read(bool standardised)
    {
        // A GPU's last bits differ from batch to batch.
        var suspect = new Answers(2, [[0.9f, 0.1f], [0.9000001f, 0.0999999f]]);

        var verdict = await VerifyAsync(suspect, null, SamplePairs.OfLogarithms(standardised));

        Assert.Equal(standardised, verdict.Decision == Decision.Inconclusive);
        Assert.Equal(standardised, verdict.MatchingRate is null);
        Assert.Equal(standardised, verdict.Reason.Contains("next to the same answer to all 2 inputs", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Inner_products_are_scored_and_answers_without_any_are_not()
    {
        var pair = SamplePairs.OfInnerProducts();

        var verdict = await VerifyAsync(new Answers(2, [[1, 0], [2, 1], [0, 5]]), null, pair);
        var alike = await VerifyAsync(new Answers(2, [[1, 0], [1.0001f, 0], [1, 0]]), null, pair);

        // Less the means [1, 2]: [0, -2], [1, -1], [-1, 3]. Variance 16/6: the log-odds are (2 + 4)/2 over about 2.6672.
        Assert.Equal(1 / (1 + Math.Exp(-3 / 2.667183)), verdict.MatchingRate!.Value, 1e-3);
        Assert.Equal(Decision.PiracySuspected, verdict.Decision);
        Assert.Equal(Decision.Inconclusive, alike.Decision);
    }

    [Fact]
    public async Task A_pair_without_held_out_negatives_reaches_no_significance()
    {
        var manifest = SamplePairs.Manifest with { HeldOut = SamplePairs.Manifest.HeldOut with { Members = [] } };
        var pair = SamplePairs.WithManifest(manifest);
        var suspect = new Answers(2, [[1, 0], [1, 0]]);

        Assert.Equal(Decision.PiracySuspected, (await VerifyAsync(suspect, null, pair)).Decision);
        var verdict = await VerifyAsync(suspect, 0.99, pair);
        Assert.Equal(Decision.Inconclusive, verdict.Decision);
        Assert.Equal(1, verdict.PValueFloor);
    }

    [Fact]
    public async Task Digests_are_of_the_little_endian_float32_as_sent_and_received()
    {
        var verdict = await VerifyAsync(new Answers(2, [[1, -2], null]), null);

        Assert.Equal(
            Sha256([0, 0, 0, 0, 0, 0, 0x80, 0x3E, 0, 0, 0, 0x3F, 0, 0, 0x80, 0x3F]),
            verdict.QueryDigest);
        Assert.Equal(
            Sha256([0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0, 0, 0, 0xC0, 0x7F, 0, 0, 0xC0, 0x7F]),
            verdict.AnswerDigest);
    }

    [Fact]
    public async Task Cancelling_stops_the_querying()
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new Verifier(SamplePairs.Pair, Digest).VerifyAsync(new Answers(2, []), null, source.Token));
    }

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static Task<Verdict> VerifyAsync(Answers suspect, double? significance, FingerprintPair? pair = null) =>
        new Verifier(pair ?? SamplePairs.Pair, Digest).VerifyAsync(suspect, significance, TestContext.Current.CancellationToken);

    private sealed class Answers(int width, float[]?[] rows) : ISuspect
    {
        public int Queries { get; private set; }

        public string Name => "https://suspect.example";

        public Task<SuspectOutputs> QueryAsync(Fingerprint fingerprint, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Queries++;
            return Task.FromResult(new SuspectOutputs(width, rows));
        }
    }
}
