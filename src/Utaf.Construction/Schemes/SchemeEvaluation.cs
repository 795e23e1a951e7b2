using Utaf.Ensembles;
using Utaf.Fingerprints;
using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Schemes;

/// <summary>What one scheme gave on one ensemble.</summary>
/// <param name="Scheme">Its name.</param>
/// <param name="Chosen">Its parameters: those chosen on the validation part where it was swept; empty where it has none.</param>
/// <param name="Note">What the reader should know of how it went; empty if nothing.</param>
/// <param name="Queries">Inputs a suspect is asked.</param>
/// <param name="Asked">How many were wanted.</param>
/// <param name="ConstructionSeconds">From the built ensemble to the fingerprint, the choice of parameters included.</param>
/// <param name="VerificationSeconds">Of one suspect, its own pass included: the mean over the held-out members.</param>
/// <param name="Members">The held-out members with their scores.</param>
public sealed record SchemeEvaluation(
    string Scheme,
    string Chosen,
    string Note,
    int Queries,
    int Asked,
    double ConstructionSeconds,
    double VerificationSeconds,
    IReadOnlyList<HeldOutMember> Members)
{
    /// <summary>Evaluates schemes on a built ensemble: builds from the training part, chooses by the validation part, scores the test part.</summary>
    /// <param name="schemes">Of <see cref="FingerprintSchemes.Names"/>.</param>
    /// <param name="folder">The ensemble; every member must be built.</param>
    /// <param name="workshop">Target, task, data and device.</param>
    /// <param name="split">The parts; each with positives and negatives.</param>
    /// <param name="options">N, and whether parameters are chosen.</param>
    /// <param name="said">Told what is done.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    /// <returns>The schemes that made queries, and why the others made none, both in the given order.</returns>
    /// <exception cref="UtafException">UTAF1001: no such scheme, or one twice; UTAF1402, UTAF1406: the ensemble is damaged or not complete.</exception>
    public static SchemeComparison Run(
        IReadOnlyList<string> schemes,
        EnsembleFolder folder,
        Workshop workshop,
        EnsembleSplit split,
        SchemeOptions options,
        Action<string>? said = null,
        CancellationToken cancellationToken = default)
    {
        Check(schemes, options);
        RequireBuilt(folder);
        var (built, absent) = (new List<SchemeChoice>(), new List<AbsentScheme>());
        var ensemble = new SchemeEnsemble(folder, workshop, split);
        foreach (var name in schemes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                var choice = SchemeChoice.Make(FingerprintSchemes.Candidates(name, options), ensemble, said, cancellationToken);
                said?.Invoke(FormattableString.Invariant($"{name}: {choice.Fingerprint.Count} queries in {choice.Seconds:0.0} s"));
                built.Add(choice);
            }
            catch (UtafException e) when (e.Diagnostic.Code is "UTAF1503" or "UTAF1504")
            {
                said?.Invoke(e.Diagnostic.Message);
                absent.Add(new(name, e.Diagnostic.Code, e.Diagnostic.Message));
            }
        }

        var members = built.ConvertAll(_ => new List<(HeldOutMember Member, double Seconds)>());
        foreach (var member in built.Count == 0 ? [] : split.Test)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var suspect = ensemble.Load(member);
            Try(suspect, workshop);
            foreach (var (choice, scored) in built.Zip(members))
            {
                var (score, seconds) = choice.Fingerprint.Ask(suspect, workshop.Task, workshop.Device);
                scored.Add((new(member.Id, member.Family, member.Stolen, Sound(score, member)), seconds));
            }
        }

        return new([.. built.Zip(members, Evaluated)], absent);
    }

    /// <summary>Checks what is asked for, before any work is done.</summary>
    /// <exception cref="UtafException">UTAF1001: no such scheme, one twice, none, or a number outside its range.</exception>
    public static void Check(IReadOnlyList<string> schemes, SchemeOptions options)
    {
        options.Check();
        foreach (var name in schemes)
        {
            _ = FingerprintSchemes.Candidates(name, options);
        }

        if (schemes.Count == 0 || schemes.Distinct().Count() < schemes.Count)
        {
            throw Errors.BadOption("--schemes", string.Join(',', schemes), $"some of {string.Join(", ", FingerprintSchemes.Names)}, each once");
        }
    }

    /// <summary>Checks that an ensemble is complete.</summary>
    /// <exception cref="UtafException">UTAF1406.</exception>
    public static void RequireBuilt(EnsembleFolder folder)
    {
        if (folder.Missing() is { Count: > 0 } missing)
        {
            throw Errors.IncompleteEnsemble(folder.Path, folder.Plan.Members.Count, [.. missing.Select(member => member.Id)]);
        }
    }

    /// <summary>A score that can be compared.</summary>
    /// <exception cref="UtafException">UTAF1403: the member answered with NaN or infinity.</exception>
    internal static double Sound(double score, Member member) => double.IsNaN(score) ? throw Errors.NonFiniteOutputs("evaluation", member.Id) : score;

    private static SchemeEvaluation Evaluated(SchemeChoice choice, List<(HeldOutMember Member, double Seconds)> scored) => new(
        choice.Fingerprint.Scheme,
        choice.Parameters,
        choice.Fingerprint.Note,
        choice.Fingerprint.Count,
        choice.Fingerprint.Asked,
        choice.Seconds,
        scored.Average(member => member.Seconds),
        [.. scored.Select(member => member.Member)]);

    /// <summary>The first pass of a network prepares much: it is not to be counted for the first scheme.</summary>
    private static void Try(Network suspect, Workshop workshop)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        _ = suspect.Forward(workshop.Probe);
    }
}

/// <summary>Schemes side by side on the same held-out members.</summary>
/// <param name="Evaluations">Those that made queries.</param>
/// <param name="Absent">Those that did not.</param>
public sealed record SchemeComparison(IReadOnlyList<SchemeEvaluation> Evaluations, IReadOnlyList<AbsentScheme> Absent);

/// <summary>A scheme without queries.</summary>
/// <param name="Scheme">Its name.</param>
/// <param name="Code">UTAF1503 where it found none, UTAF1504 where it does not apply.</param>
/// <param name="Reason">Why, in a sentence.</param>
public sealed record AbsentScheme(string Scheme, string Code, string Reason);
