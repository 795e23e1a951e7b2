using Utaf.Fingerprints;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>The scores of a pair's managed meta-verifier, each compared with torch's before the pair is written.</summary>
internal static class ScoreCheck
{
    /// <summary>How far the two may be apart on up to so many outputs, beside what rounding does.</summary>
    private const double Tolerance = 2e-5;
    private const double UsualOutputs = 1000;

    // They may be apart by so many times what roundings of the answers move torch's score by, at most of a few draws.
    private const double RoundingMargin = 8;
    private const int RoundingDraws = 4;
    private const double Rounding = 1.0 / (1 << 23);

    /// <summary>The matching rates of some models.</summary>
    /// <param name="managed">The pair's meta-verifier.</param>
    /// <param name="logOdds">Torch's log-odds of answers, [K].</param>
    /// <param name="answers">[K, N·d_out].</param>
    /// <returns>The managed ones, [K].</returns>
    /// <exception cref="UtafException">UTAF1502: one of them is not torch's.</exception>
    public static double[] Rates(MetaVerifier managed, Func<Tensor, double[]> logOdds, Tensor answers)
    {
        var byTorch = RatesOf(answers);
        var moved = MovedByRounding();
        using var cpu = answers.detach().cpu().contiguous();
        double[] rates = [.. cpu.data<float>().ToArray().Chunk(managed.InputWidth).Select(row => managed.MatchingRate(row))];

        // A sum's rounding errors grow as the root of its length: a generator's hundred images are 78400 numbers.
        var usual = Tolerance * Math.Sqrt(Math.Max(1, managed.InputWidth / UsualOutputs));
        foreach (var (mine, theirs, rounding) in rates.Zip(byTorch, moved))
        {
            var allowed = usual + (RoundingMargin * rounding);
            if (!(Math.Abs(mine - theirs) <= allowed))
            {
                throw Errors.ScoreMismatch(mine, theirs, allowed);
            }
        }

        return rates;

        double[] RatesOf(Tensor given) => [.. logOdds(given).Select(Scores.Probability)];

        // Of a model that answers next to the same to everything, what is read is hardly more than roundings, enlarged.
        double[] MovedByRounding()
        {
            using var scope = NewDisposeScope();
            var random = new SeededRandom(0, "rounding");
            var draws = Enumerable.Range(0, RoundingDraws)
                .Select(_ => RatesOf(answers * (1 + random.Uniform(answers.shape, Rounding).to(answers.device))))
                .ToList();
            return [.. byTorch.Select((rate, place) => draws.Max(draw => Math.Abs(draw[place] - rate)))];
        }
    }
}
