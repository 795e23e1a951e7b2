using Utaf.Data;
using Utaf.Ensembles;
using Utaf.Models;
using Utaf.Stores;
using Utaf.Tool.Commands;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Tool.Release;

/// <summary>Everything that is loaded to fingerprint a model: torch, the target, its data, and the plan that follows from them.</summary>
internal sealed class TrustedSide : IDisposable
{
    // A discriminator that does not fit shows it on few; all at once may be more than there is memory.
    private const int TriedSamples = 256;

    private TrustedSide(TargetModel target, LearningTask task, EnsembleData data, EnsemblePlan plan, Device device, string folderPath, NegativePool? pool, SharedMembers? shared)
    {
        (Target, Task, Data, Plan, Device, FolderPath, Pool, Shared) = (target, task, data, plan, device, folderPath, pool, shared);
    }

    public TargetModel Target { get; }

    public LearningTask Task { get; }

    public EnsembleData Data { get; }

    public EnsemblePlan Plan { get; }

    public Device Device { get; }

    /// <summary>The ensemble's folder, which may not exist yet.</summary>
    public string FolderPath { get; }

    /// <summary>Honest members of all ensembles; null: none.</summary>
    public NegativePool? Pool { get; }

    /// <summary>Where machines share the members; null: nowhere.</summary>
    public SharedMembers? Shared { get; }

    /// <summary>Loads what is wanted and plans the ensemble. Nothing is written.</summary>
    /// <exception cref="UtafException">UTAF10xx, 11xx, 12xx, 20xx.</exception>
    public static TrustedSide Load(EnsembleRequest request, CommandContext context)
    {
        var task = LearningTask.Parse(request.Task);
        if (request.Reading.QueryColumn is { } column && !task.LearnsPairs)
        {
            throw Errors.BadOption("--query-column", column, "no query column: only the data of --task ranking has one");
        }

        var owner = DataFormats.Read(request.Owner, request.Reading with { LabelFile = request.LabelFile });
        owner = request.InputShape is { } shape && !task.DrawsInputs ? owner.WithInputShape(shape) : owner;
        var publicData = request.Public is { } path ? DataFormats.Read(path, request.Reading) : null;
        var irrelevant = request.Irrelevant.Select(file => ReadIrrelevant(file, request.Reading, context)).ToList();
        context.CancellationToken.ThrowIfCancellationRequested();

        var device = TorchRuntime.Start(context.Settings.Device, context.Settings.Threads);
        if (request.Discriminator is { } unused && !task.DrawsInputs)
        {
            throw Errors.BadOption("--discriminator", unused, "no discriminator: only a model of --task generation has one");
        }

        var target = task.DrawsInputs
            ? Generation.Load(request.Model, request.InputShape, request.LastLayer)
            : TargetModel.Load(request.Model, task, owner, request.LastLayer);
        try
        {
            var imageShape = request.ImageShape;
            if (task.DrawsInputs)
            {
                imageShape ??= owner.InputShape is { Length: 3 } images ? images : null;
                owner = Generation.Table(owner, target, "owner", request.Seed);
                publicData = publicData is null ? null : Generation.Table(publicData, target, "public", request.Seed);
            }

            var data = EnsembleData.Prepare(owner, publicData, irrelevant, imageShape, task, target.Signature, request.Seed);
            if (request.Discriminator is { } file)
            {
                // It is tried at once: one that does not fit is not to be found out after hours.
                data = data with { Discriminator = TorchScriptFile.Open(file) };
                using var scope = NewDisposeScope();
                var few = Math.Min(TriedSamples, data.Owner.Count);
                using var tried = Discriminator.Open(data.Discriminator, tensor(data.Owner.Targets[..(few * data.Owner.TargetWidth)], few, data.Owner.TargetWidth), data.SampleShape);
            }

            foreach (var note in data.Notes)
            {
                context.Note(note);
            }

            var plan = EnsemblePlan.Make(target, task, data, request.Seed, request.Profile, request.Ensemble);
            plan.CheckListed(target, task, data);
            var name = plan.Hash()[..16];
            var shared = request.Members is { } address ? FingerprintStores.OpenMembers(address, name) : null;
            var pool = request.Pool ? new NegativePool(Path.Combine(request.EnsembleRoot, NegativePool.FolderName)) : null;
            return new(target, task, data, plan, device, request.Folder ?? Path.Combine(request.EnsembleRoot, name), pool, shared);
        }
        catch
        {
            target.Dispose();
            throw;
        }
    }

    /// <summary>Opens or starts the ensemble's folder.</summary>
    /// <exception cref="UtafException">UTAF1401: it belongs to another plan; UTAF1309: it cannot be written.</exception>
    public EnsembleFolder OpenFolder() => EnsembleFolder.Open(FolderPath, Plan);

    /// <summary>Where the ensemble's members come from besides training, and go to.</summary>
    public MemberExchange Exchange(EnsembleFolder folder, CommandContext context) =>
        new(folder, Pool, Shared, () => Workshop.ContextOf(Target, Task, Data), context);

    /// <summary>Puts target and data on the device.</summary>
    public Workshop OpenWorkshop() => new(Target, Task, Data, Device);

    /// <summary>How many processes build some missing members best on this machine.</summary>
    public int BestProcesses(IReadOnlyList<Member> missing, CommandContext context) =>
        ProcessCount.For(Plan, missing, Target, Data, Device, context.Settings.Threads);

    public void Dispose() => Target.Dispose();

    /// <summary>Data of another domain rarely has the owner's columns: what does not fit it is read by default.</summary>
    private static DataTable ReadIrrelevant(string path, DataOptions reading, CommandContext context)
    {
        try
        {
            return DataFormats.Read(path, reading);
        }
        catch (UtafException e) when (reading != new DataOptions() && e.Diagnostic.Code is "UTAF1001" or "UTAF1201" or "UTAF1203")
        {
            context.Note($"{path} does not fit the options of --data: it is read by default, its last column as the label.");
            return DataFormats.Read(path);
        }
    }
}
