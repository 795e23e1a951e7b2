using System.Text;
using CsCheck;
using Utaf.Endpoints;
using Utaf.Endpoints.Protocols;
using Utaf.Fingerprints;
using Utaf.Verification;

namespace Utaf.Pipeline.Tests.Endpoints.Protocols;

/// <summary>Whatever comes back: rows that are right in number and width, or a clear no. Never a crash, and never a clean verdict.</summary>
public sealed class BrokenAnswerTests
{
    public static TheoryData<string> Samples => ProtocolSample.Names();

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_good_answer_is_read(string name)
    {
        var sample = ProtocolSample.Named(name);

        var rows = sample.Protocol.Decode(sample.Good(), ProtocolSample.Batch(sample.Count));

        Assert.Equal(ProtocolSample.Rows(sample.Count), rows);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Hundreds_of_broken_answers_are_recognised_or_harmless(string name)
    {
        var sample = ProtocolSample.Named(name);
        var broken = sample.Broken().ToList();

        Assert.InRange(broken.DistinctBy(answer => answer.Kind).Count(), 200, int.MaxValue);
        Assert.InRange(broken.Count(answer => answer.MustBeRecognised), 150, int.MaxValue);
        Assert.All(broken, answer =>
        {
            var rows = Decoded(sample, answer.Body);
            Assert.False(answer.MustBeRecognised && rows is not null, answer.ToString());
        });
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Changed_bytes_are_recognised_or_harmless(string name)
    {
        var sample = ProtocolSample.Named(name);
        var bodies = sample.Broken().Where(answer => answer.Body.Length < 10_000).Select(answer => answer.Body).Append(sample.Good()).ToList();

        // Half of them from the good answer: one changed byte in it is the hardest to see.
        Gen.OneOf(BrokenAnswers.Fuzzed(bodies), BrokenAnswers.Fuzzed([sample.Good()]))
            .Sample(body => { _ = Decoded(sample, body); }, iter: 4000, threads: 2);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task No_broken_answer_gives_a_clean_verdict(string name)
    {
        var sample = ProtocolSample.Named(name);
        var verifier = new Verifier(HonestLooking, new string('a', 64));
        Assert.Equal(Decision.NoPiracySuspected, (await JudgeAsync(verifier, sample, sample.Good())).Decision);

        foreach (var answer in sample.Broken().Where(answer => answer.MustBeRecognised))
        {
            var verdict = await JudgeAsync(verifier, sample, answer.Body);

            Assert.True(verdict.Decision == Decision.Inconclusive, answer.ToString());
            Assert.Equal(ExitCode.Inconclusive, verdict.ExitCode);
            Assert.Equal(HonestLooking.Fingerprint.Count - sample.Count, verdict.Answered);
            Assert.Contains($"answered {verdict.Answered} of 4 inputs", verdict.Reason, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_description_that_is_none_is_recognised(string name)
    {
        var protocol = ProtocolSample.Named(name).Protocol;
        Gen.OneOf(DescriptionTests.Good, DescriptionTests.GoodTensorFlow)
            .SelectMany(good => BrokenAnswers.Fuzzed([Encoding.UTF8.GetBytes(good)]))
            .Sample(
                body =>
                {
                    try
                    {
                        JsonBody.Read(body, description =>
                        {
                            protocol.CheckDescription(description);
                            return true;
                        });
                    }
                    catch (Exception exception) when (exception is BadAnswerException or UtafException)
                    {
                        Assert.NotEmpty(exception.Message);
                    }
                },
                iter: 1000,
                threads: 2);
    }

    /// <summary>Whatever is answered looks honest to it, so only a missing answer saves us from a clean verdict.</summary>
    private static FingerprintPair HonestLooking { get; } = new(
        ProtocolSample.Manifest,
        new Fingerprint([1, 2], ProtocolSample.Batch(4).Values.ToArray()),
        new MetaVerifier(
            4 * ProtocolSample.Width,
            mean: new float[4 * ProtocolSample.Width],
            scale: [.. Enumerable.Repeat(1f, 4 * ProtocolSample.Width)],
            hiddenWeights: new float[2 * 4 * ProtocolSample.Width],
            hiddenBias: [0, 0],
            outputWeights: [0, 0, 0, 0],
            outputBias: [3, 0]));

    private static Task<Verdict> JudgeAsync(Verifier verifier, ProtocolSample sample, byte[] first) =>
        verifier.VerifyAsync(new OneAnswer(sample, first), significance: null, TestContext.Current.CancellationToken);

    /// <summary>Null if it was recognised as broken.</summary>
    private static float[][]? Decoded(ProtocolSample sample, byte[] body)
    {
        try
        {
            var rows = sample.Protocol.Decode(body, ProtocolSample.Batch(sample.Count));
            Assert.Equal(sample.Count, rows.Length);
            Assert.All(rows, row => Assert.Equal(ProtocolSample.Width, row.Length));
            Assert.True(Array.TrueForAll(rows, row => Array.TrueForAll(row, float.IsFinite)), Encoding.UTF8.GetString(body));
            return rows;
        }
        catch (BadAnswerException bad)
        {
            Assert.NotEmpty(bad.Message);
            Assert.DoesNotContain(bad.Message, char.IsControl);
            return null;
        }
    }

    /// <summary>A suspect whose first response is given; further ones are good.</summary>
    private sealed class OneAnswer(ProtocolSample sample, byte[] first) : ISuspect
    {
        public string Name => "rival";

        public Task<SuspectOutputs> QueryAsync(Fingerprint fingerprint, CancellationToken cancellationToken)
        {
            var rows = Enumerable.Range(0, fingerprint.Count / sample.Count)
                .SelectMany(batch => Decoded(sample, batch == 0 ? first : sample.Good()) ?? new float[]?[sample.Count]);
            return Task.FromResult(new SuspectOutputs(ProtocolSample.Width, [.. rows]));
        }
    }
}
