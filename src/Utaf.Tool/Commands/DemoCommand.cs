using System.CommandLine;
using System.Diagnostics;
using Utaf.Construction;
using Utaf.Ensembles;
using Utaf.Fingerprints;
using Utaf.Models;
using Utaf.Stores;
using Utaf.Tool.Documents;
using Utaf.Tool.Options;
using Utaf.Tool.Output;
using Utaf.Tool.Release;
using Utaf.Verification;

namespace Utaf.Tool.Commands;

/// <summary>The whole product on the sample: fingerprints the target and verifies suspects of which the truth is known.</summary>
internal sealed class DemoCommand : UtafCommand
{
    private readonly Option<string> profile = OptionKinds.Word(
        "--profile",
        "How many models the ensemble has: 24, 70 or 140 (146 for classifiers and regressors).",
        "standard",
        "quick",
        "standard",
        "paper");
    private readonly Option<string?> keep = OptionKinds.Text(
        "--keep",
        "Keeps ensemble and store in this folder; a second run goes on there. [default: a temporary folder, deleted at the end]",
        "FOLDER");

    public DemoCommand(CommonOptions common, Terminal terminal)
        : base(
            "demo",
            "Fingerprints a sample model and verifies 25 suspects, stolen and honest. Exit code: 0 all verdicts right, 4 some wrong.",
            common,
            terminal)
    {
        Add(profile);
        Add(keep);
    }

    public override string AfterStop => $"{NothingHalfWritten} With --keep FOLDER the next run goes on from the members that are built.";

    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CommandContext context)
    {
        var clock = Stopwatch.StartNew();
        var sample = DigitsSample.Find();
        var kept = parsed.GetValue(keep);
        Writable.RequireFile(context.Settings.OutputFile);
        var folder = kept ?? TemporaryFolder();
        try
        {
            var document = await RunAsync(sample, parsed.GetValue(profile)!, folder, context).ConfigureAwait(false);
            context.Write(document with { Seconds = Math.Round(clock.Elapsed.TotalSeconds, 1), Kept = kept });

            // Some verdict was wrong: that is no piracy and no error of the machine, but never looks like 0.
            return document.Wrong == 0 ? ExitCode.NoPiracySuspected : ExitCode.Inconclusive;
        }
        finally
        {
            if (kept is null)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static string TemporaryFolder()
    {
        try
        {
            return Directory.CreateTempSubdirectory("utaf-demo-").FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.Unwritable(Path.GetTempPath(), e);
        }
    }

    private static async Task<DemoDocument> RunAsync(DigitsSample sample, string profile, string folder, CommandContext context)
    {
        var request = new EnsembleRequest(sample.Target, sample.Owner, context.Settings.Seed ?? 1)
        {
            Public = sample.Public,
            ImageShape = [1, 8, 8],
            Profile = profile,
            EnsembleRoot = Path.Combine(folder, "ensembles"),
        };
        context.Note("The sample: a network that reads handwritten digits, 13 stolen copies of it and 12 honest models.");
        using var side = TrustedSide.Load(request, context);
        using var workshop = side.OpenWorkshop();
        var ensemble = side.OpenFolder();
        await Stages.BuildEnsembleAsync(ensemble, workshop, Shard.All, side.Exchange(ensemble, context), context).ConfigureAwait(false);
        var identity = new ModelIdentity("digits", "1.0.0", side.Target.ArtifactSha256);
        var pair = Stages.Construct(ensemble, workshop, identity, new ConstructionOptions(), context);

        var store = FingerprintStores.Open($"folder:{Path.Combine(folder, "store")}");
        var stored = await store.PutAsync(FingerprintPairFile.Serialise(pair), commitment: null, context.CancellationToken).ConfigureAwait(false);
        var fetched = await PairOptions.FromStoreAsync(store, $"digits@{stored.Sha256}", context.CancellationToken).ConfigureAwait(false);
        var verifier = new Verifier(fetched.Pair, stored.Sha256);
        var rows = new List<DemoRow>();
        foreach (var suspect in sample.Suspects)
        {
            var opened = new TorchScriptSuspect(suspect.File, side.Device);
            var verdict = await verifier.VerifyAsync(opened, significance: null, context.CancellationToken).ConfigureAwait(false);
            rows.Add(new(suspect.Name, suspect.How, suspect.Stolen, verdict.MatchingRate, verdict.PValue, verdict.Decision));
        }

        return new(context.Settings.Seed ?? 1, stored.Sha256, pair.Manifest.Threshold, rows, 0, Kept: null);
    }
}
