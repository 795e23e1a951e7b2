using Utaf.Ensembles;
using Utaf.Models;
using Utaf.Stores;
using Utaf.Tool.Commands;

namespace Utaf.Tool.Release;

/// <summary>
/// Where an ensemble's members come from besides training, and where those that are trained go: the pool of honest members beside
/// the ensembles, and the storage that machines share. Nothing of either is used before it was looked at.
/// </summary>
/// <param name="folder">The ensemble's folder.</param>
/// <param name="pool">Honest members of all ensembles; null: none.</param>
/// <param name="shared">Where machines share the members; null: nowhere.</param>
/// <param name="architectures">How architectures are made; asked for where something is to be looked at.</param>
/// <param name="context">Where the user is told.</param>
internal sealed class MemberExchange(EnsembleFolder folder, NegativePool? pool, SharedMembers? shared, Func<ArchitectureContext> architectures, CommandContext context)
{
    private readonly Lazy<ArchitectureContext> architectures = new(architectures);
    private readonly HashSet<Member> damaged = [];
    private readonly List<Member> offers = [];
    private bool poolIsWritable = true;
    private Shard? fetched;

    /// <summary>Brings what others have built of a shard, and tells of files that are damaged.</summary>
    public async Task FetchAsync(Shard shard)
    {
        if (shard == fetched)
        {
            return;
        }

        fetched = shard;
        foreach (var broken in folder.Broken())
        {
            context.Note($"{folder.FileOf(broken)} was cut short, as by a full disk or a machine that was switched off: it counts as missing.");
        }

        if (pool?.Take(folder, Missing(shard), architectures.Value, NoteDamage) is { Count: > 0 } taken)
        {
            context.Note($"{taken.Count} honest members were taken from {pool.Path}: they do not depend on the model.");
            offers.AddRange(taken);
        }

        if (shared is not null)
        {
            await FetchSharedAsync(shard, shared).ConfigureAwait(false);
        }
    }

    /// <summary>Tells of a pool that cannot be written, before processes are started that would each find out by themselves.</summary>
    public void CheckPool()
    {
        if (pool is not null && AtomicFile.Obstacle(pool.Path) is { } obstacle)
        {
            NoteUnwritable(obstacle.Message);
        }
    }

    /// <summary>Leaves what came from the pool to the other machines.</summary>
    public async Task OfferAsync()
    {
        if (shared is not null && offers.Count > 0)
        {
            var present = await shared.ListNegativesAsync(context.CancellationToken).ConfigureAwait(false);
            foreach (var member in offers.Where(member => !present.Contains(member.Key!)))
            {
                await shared.PutNegativeAsync(member.Key!, folder.FileOf(member), damaged: false, context.CancellationToken).ConfigureAwait(false);
            }
        }

        offers.Clear();
    }

    /// <summary>Leaves a built member to other machines and other ensembles.</summary>
    public void Put(Member member)
    {
        PutIntoPool(member);
        if (shared is not null && !PutShared(shared, member).GetAwaiter().GetResult())
        {
            context.Note($"{member.Id} is in {shared.Address} already: another machine was faster.");
        }
    }

    private async Task FetchSharedAsync(Shard shard, SharedMembers storage)
    {
        var ofPlan = 0;
        var byId = Missing(shard).ToDictionary(member => member.Id);
        await foreach (var (id, content) in storage.FetchAsync(byId.Keys, context.CancellationToken).ConfigureAwait(false))
        {
            ofPlan += Take(byId[id], content, $"{id} in {storage.Address}") ? 1 : 0;
        }

        var negatives = 0;
        var byKey = Missing(shard).Where(IsPooled).ToDictionary(member => member.Key!);
        await foreach (var (key, content) in storage.FetchNegativesAsync(byKey.Keys, context.CancellationToken).ConfigureAwait(false))
        {
            var member = byKey[key];
            if (Take(member, content, $"{NegativePool.FolderName}/{key} in {storage.Address}"))
            {
                PutIntoPool(member);
                negatives++;
            }
        }

        if (ofPlan + negatives > 0)
        {
            context.Note($"{ofPlan + negatives} members were fetched from {storage.Address}{(negatives > 0 ? $", {negatives} of them honest ones for any version of the model" : "")}.");
        }
    }

    private bool Take(Member member, byte[] content, string place)
    {
        if (folder.Take(member, content, architectures.Value) is not { } detail)
        {
            return true;
        }

        NoteDamage(place, detail);
        damaged.Add(member);
        return false;
    }

    private void NoteDamage(string place, string detail) => context.Note($"{place} is damaged and is not used: {detail} It counts as missing.");

    private void PutIntoPool(Member member)
    {
        try
        {
            if (poolIsWritable)
            {
                pool?.Put(folder, member);
            }
        }
        catch (UtafException e) when (e.Diagnostic.Code == "UTAF1309")
        {
            // The ensemble has the member; only the next version would have had a use for this.
            NoteUnwritable(e.InnerException?.Message ?? e.Message);
        }
    }

    private void NoteUnwritable(string reason)
    {
        poolIsWritable = false;
        context.Note($"Honest members are not kept for the next version in {pool!.Path}: {reason}");
    }

    private Task<bool> PutShared(SharedMembers storage, Member member) => IsPooled(member)
        ? storage.PutNegativeAsync(member.Key!, folder.FileOf(member), damaged.Contains(member), context.CancellationToken)
        : storage.PutAsync(member.Id, folder.FileOf(member), damaged.Contains(member), context.CancellationToken);

    private bool IsPooled(Member member) => pool is not null && member.Key is not null;

    private List<Member> Missing(Shard shard) => [.. shard.Needed(folder.Plan).Where(member => !folder.Has(member))];
}
