using System.Diagnostics;
using Utaf.Benchmarks.Results;
using Utaf.Construction;
using Utaf.Ensembles;
using Utaf.Torch;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>UTAF's fingerprints in every setting.</summary>
internal sealed class UtafFingerprints(OpenedScenario opened, EnsembleSplit split, SettingChoice choice, CancellationToken stop)
{
    // Of what is learned from, as in the split of a whole ensemble.
    private const double ForValidation = 0.2;

    private readonly EnsembleFolder folder = opened.Ensemble.Folder;

    /// <summary>The settings of a schedule, one after the other, each made when it is asked for.</summary>
    public IEnumerable<Fingerprinted> Make(string scheme)
    {
        var schedule = scheme == SchemeNames.UtafPaper ? Schedule.Paper : Schedule.Batched;
        yield return Construct(scheme, Settings.Default, schedule, split);
        if (schedule == Schedule.Paper && !choice.PaperEverywhere)
        {
            yield break;
        }

        foreach (var count in choice.Counts)
        {
            yield return Construct(scheme, Settings.Examples(count), schedule, split, count);
        }

        foreach (var perSide in choice.Ensembles)
        {
            if (Smaller(perSide) is { } smaller)
            {
                yield return Construct(scheme, Settings.Ensemble(perSide), schedule, smaller);
            }
        }

        if (schedule == Schedule.Paper)
        {
            yield break;
        }

        foreach (var (left, without) in new LeaveOneOut(folder.Plan, split, choice).Parts())
        {
            yield return Construct(scheme, Settings.Without(left), schedule, without);
        }
    }

    /// <summary>So many positives and as many negatives to learn from, all of the paper's families; null where there are not so many.</summary>
    internal EnsembleSplit? Smaller(int perSide)
    {
        var forValidation = Math.Max(1, (int)Math.Round(perSide * ForValidation));
        var random = new SeededRandom(folder.Plan.Seed, $"ensemble of {perSide}");
        var (training, validation) = (new List<Member>(), new List<Member>());
        foreach (var stolen in (bool[])[true, false])
        {
            var chosen = random.Shuffle([.. split.Validation.Where(member => member.Stolen == stolen)]).Take(forValidation).ToList();
            var learned = random.Shuffle([.. split.Training.Where(member => member.Stolen == stolen && !folder.Plan.IsForTrainingAlone(member))]).Take(perSide - chosen.Count).ToList();
            if (chosen.Count + learned.Count < perSide || learned.Count == 0)
            {
                return null;
            }

            validation.AddRange(chosen);
            training.AddRange(learned);
        }

        return split with { Training = training, Validation = validation };
    }

    private Fingerprinted Construct(string scheme, string setting, Schedule schedule, EnsembleSplit parts, int examples = 100)
    {
        var ensemble = opened.Ensemble;
        var clock = new CurveClock();

        // The test part is asked when all fingerprints stand; here the validation part stands for it, which is quick.
        var learned = parts with { Test = parts.Validation };
        var pair = PairConstruction.Construct(folder, ensemble.Workshop, learned, ensemble.Model, new(examples, schedule, choice.Iterations, VerifierSteps: choice.VerifierSteps), "benchmark", clock, stop);
        var seconds = clock.Seconds;
        var (manifest, verifier) = (pair.Manifest, pair.Verifier);
        return new(
            scheme,
            setting,
            pair.Fingerprint.Values,
            [pair.Fingerprint.Count, .. pair.Fingerprint.InputShape.Select(size => (long)size)],
            outputs => verifier.MatchingRate(outputs.data<float>().ToArray()),
            seconds,
            FormattableString.Invariant($"ρ = {manifest.Threshold}, {manifest.Training.Iterations} iterations"),
            clock.Curve,
            [.. parts.Test.Select(member => TriedSuspect.Of(member, ensemble))]);
    }

    /// <summary>Notes when the validation part was how good.</summary>
    private sealed class CurveClock : IProgress<ConstructionProgress>
    {
        private readonly Stopwatch clock = Stopwatch.StartNew();

        public List<CurvePoint> Curve { get; } = [];

        public double Seconds => clock.Elapsed.TotalSeconds;

        public void Report(ConstructionProgress value)
        {
            if (value.Point is { ValidationAuc: { } auc, ValidationAruc: { } aruc })
            {
                Curve.Add(new(Seconds, auc, aruc));
            }
        }
    }
}
