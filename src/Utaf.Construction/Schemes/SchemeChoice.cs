using System.Diagnostics;
using Utaf.Construction;
using Utaf.Metrics;

namespace Utaf.Schemes;

/// <summary>A scheme with the parameters that did best on the validation part.</summary>
/// <param name="Parameters">For the reader.</param>
/// <param name="Fingerprint">Built with them.</param>
/// <param name="Seconds">All builds, and the scores on the validation part.</param>
internal sealed record SchemeChoice(string Parameters, SchemeFingerprint Fingerprint, double Seconds)
{
    /// <summary>Builds every candidate; the validation members decide, by ARUC and then by AUC, and the first of equals is taken.</summary>
    /// <param name="candidates">The same scheme with different parameters, at least one.</param>
    /// <param name="ensemble">Its test part is not touched.</param>
    /// <param name="said">Told of each candidate, where there are several: a sweep may take minutes.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    /// <exception cref="UtafException">UTAF1503: no candidate found a query; UTAF1504: the scheme does not apply.</exception>
    public static SchemeChoice Make(IReadOnlyList<IFingerprintScheme> candidates, SchemeEnsemble ensemble, Action<string>? said, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var workshop = ensemble.Workshop;
        using var box = InputBox.For(workshop);
        using var models = TrainingNetworks.Of(ensemble);
        var context = new SchemeContext(workshop.Target.Network, workshop.Task, workshop.Owner.Inputs, workshop.Owner.Targets, box, ensemble.Folder.Plan.Seed)
        {
            Models = models,
            Ensemble = ensemble,
            CancellationToken = cancellationToken,
        };

        var built = new List<(string Parameters, SchemeFingerprint Fingerprint)>();
        UtafException? nothing = null;
        foreach (var (place, candidate) in candidates.Index())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var queries = 0;
            try
            {
                var fingerprint = candidate.Build(context);
                built.Add((candidate.Parameters, fingerprint));
                queries = fingerprint.Count;
            }
            catch (UtafException e) when (e.Diagnostic.Code == "UTAF1503")
            {
                // Others of its parameters may find some.
                nothing ??= e;
            }

            if (candidates.Count > 1)
            {
                said?.Invoke(FormattableString.Invariant($"{candidate.Name}: {place + 1} of {candidates.Count} settings: {candidate.Parameters}: {queries} queries after {clock.Elapsed.TotalSeconds:0.0} s"));
            }
        }

        var best = built.Count switch
        {
            0 => throw nothing!,
            1 => built[0],
            _ => Best(built, ensemble, cancellationToken),
        };
        return new(best.Parameters, best.Fingerprint, clock.Elapsed.TotalSeconds);
    }

    private static (string Parameters, SchemeFingerprint Fingerprint) Best(
        List<(string Parameters, SchemeFingerprint Fingerprint)> built, SchemeEnsemble ensemble, CancellationToken cancellationToken)
    {
        var scores = built.ConvertAll(_ => new List<(bool Stolen, double Score)>());
        foreach (var member in ensemble.Split.Validation)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var suspect = ensemble.Load(member);
            foreach (var (candidate, scored) in built.Zip(scores))
            {
                var (score, _) = candidate.Fingerprint.Ask(suspect, ensemble.Workshop.Task, ensemble.Workshop.Device);
                scored.Add((member.Stolen, SchemeEvaluation.Sound(score, member)));
            }
        }

        return built.Zip(scores.Select(Quality)).MaxBy(candidate => candidate.Second).First;
    }

    private static (double Aruc, double Auc) Quality(List<(bool Stolen, double Score)> scored)
    {
        double[] stolen = [.. scored.Where(member => member.Stolen).Select(member => member.Score)];
        double[] honest = [.. scored.Where(member => !member.Stolen).Select(member => member.Score)];
        return (new RobustnessUniqueness(stolen, honest).Aruc, RocCurve.Auc(stolen, honest));
    }
}
