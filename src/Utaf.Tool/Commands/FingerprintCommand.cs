using System.CommandLine;
using Utaf.Commitments;
using Utaf.Ensembles;
using Utaf.Fingerprints;
using Utaf.Stores;
using Utaf.Tool.Documents;
using Utaf.Tool.Options;
using Utaf.Tool.Output;
using Utaf.Tool.Release;

namespace Utaf.Tool.Commands;

/// <summary>Stages 1 and 2: builds the ensemble, constructs the pair, puts it into the store.</summary>
internal sealed class FingerprintCommand : UtafCommand
{
    private readonly ModelOptions model = new();
    private readonly ConstructionChoices construction = new();
    private readonly StoreOption store = new();
    private readonly Option<string?> name = OptionKinds.Text("--name", "The model's name in the store. [default: the file's]", "NAME");
    private readonly Option<string?> version = OptionKinds.Text("--version", "The released version. [default: 1.0.0]", "VERSION");
    private readonly Option<string?> pairFile = OptionKinds.Text(
        "--pair",
        "Writes the pair to this file too. It is secret: whoever has it can evade it.",
        "FILE");
    private readonly Option<string?> commitment = OptionKinds.Text(
        "--commitment",
        "Where the public commitment to the pair is written, an in-toto statement. [default: NAME.intoto.json]",
        "FILE");

    private readonly Option<string?> manifestFile = OptionKinds.Text(
        "--manifest",
        "Writes the public manifest to this file: what may be known of the pair. [default: nowhere; with --github-step: NAME.manifest.json]",
        "FILE");

    private readonly JobsOption jobs = new();
    private readonly Option<bool> noBuild = new("--no-build")
    {
        Description = "Builds no member: where the ensemble is not complete, it says what is missing. For ensembles that other machines build.",
    };

    public FingerprintCommand(CommonOptions common, Terminal terminal)
        : base("fingerprint", "Makes the fingerprinting pair of a model and puts it into the store.", common, terminal)
    {
        model.AddTo(this);
        construction.AddTo(this);
        Add(name);
        Add(version);
        store.AddTo(this);
        Add(pairFile);
        Add(commitment);
        Add(manifestFile);
        jobs.AddTo(this);
        Add(noBuild);
    }

    public override string AfterStop => $"{NothingHalfWritten} The same command goes on from the members that are built.";

    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CommandContext context)
    {
        var request = model.Read(parsed, context.Settings.Seed ?? 0);
        var processes = jobs.Read(parsed);
        var options = construction.Read(parsed);
        var target = store.Open(parsed);
        var identity = new ModelIdentity(parsed.GetValue(name) ?? ModelName.Of(request.Model), parsed.GetValue(version) ?? "1.0.0", "");
        var statement = parsed.GetValue(commitment) ?? identity.Name + Commitment.Extension;
        var step = context.Settings.GitHubStep;
        var manifest = parsed.GetValue(manifestFile) ?? (step is null ? null : $"{identity.Name}.manifest.json");
        Writable.RequireFile(manifest);
        await CheckPlacesAsync(target, identity, parsed.GetValue(pairFile), statement, context).ConfigureAwait(false);

        using var side = TrustedSide.Load(request, context);
        var folder = side.OpenFolder();
        if (parsed.GetValue(noBuild))
        {
            // What is missing is told by the construction, which wants all of it.
            await side.Exchange(folder, context).FetchAsync(Shard.All).ConfigureAwait(false);
        }
        else
        {
            await Jobs.BuildAsync(model.Words(parsed), side, folder, Shard.All, processes, context).ConfigureAwait(false);
        }

        using var workshop = side.OpenWorkshop();

        var pair = Stages.Construct(folder, workshop, identity with { ArtifactSha256 = side.Target.ArtifactSha256 }, options, context);

        var bytes = FingerprintPairFile.Serialise(pair);
        context.CancellationToken.ThrowIfCancellationRequested();
        if (parsed.GetValue(pairFile) is { } path)
        {
            AtomicFile.Write(path, bytes);
        }

        // Before the store has the pair: what is stored without a commitment is evidence too young.
        var place = new StoredPair(identity.Name, identity.Version, FingerprintPairFile.Sha256(bytes));
        var earlier = await target.GetCommitmentAsync(place, context.CancellationToken).ConfigureAwait(false);
        var committed = CommitmentFiles.Keep(statement, pair, bytes, Path.GetFileName(request.Model), TimeProvider.System, earlier);
        var stored = await target.PutAsync(bytes, committed.Bytes, context.CancellationToken).ConfigureAwait(false);

        var document = new FingerprintDocument(
            target.Address,
            stored.Sha256,
            stored.Added,
            parsed.GetValue(pairFile),
            new(committed.Path, committed.CreatedUtc, committed.IsNew, committed.PutAside),
            folder.Path,
            stored.Manifest ?? pair.Manifest);
        if (manifest is not null)
        {
            AtomicFile.WriteText(manifest, document.Manifest.ToJson() + "\n");
        }

        context.Write(document);
        if (step is not null)
        {
            new GitHubStep(step).Write(document, manifest!);
        }

        return ExitCode.NoPiracySuspected;
    }

    /// <summary>Finds out before the work whether its result will have a place.</summary>
    private static async Task CheckPlacesAsync(
        IFingerprintStore store, ModelIdentity identity, string? pairFile, string statement, CommandContext context)
    {
        await foreach (var present in store.ListAsync(identity.Name, identity.Version, context.CancellationToken).ConfigureAwait(false))
        {
            context.Note(
                $"The store has a pair of {present.Model} {present.Version} already ({Numbers.Digest(present.Sha256)}); "
                + "it stays beside the new one, told apart by its digest.");
        }

        await store.RequireWritableAsync(context.CancellationToken).ConfigureAwait(false);
        Writable.RequireFile(pairFile);
        Writable.RequireFile(statement);
        CommitmentFiles.RequirePlace(statement);
        Writable.RequireFile(context.Settings.OutputFile);
    }
}
