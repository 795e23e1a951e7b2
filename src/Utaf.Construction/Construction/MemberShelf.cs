using Utaf.Ensembles;
using Utaf.Models;
using Utaf.Models.Folding;
using Utaf.Torch;

namespace Utaf.Construction;

/// <summary>
/// The members that are no perceptrons. Each is read from its file when it is asked for, and the ones that were not asked for
/// the longest are put back when there are too many: an ensemble may be larger than the memory.
/// </summary>
/// <param name="members">By place; null is the target.</param>
/// <param name="folder">Where the members are.</param>
/// <param name="workshop">Target, task and device.</param>
/// <param name="budget">How many bytes of weights may be held.</param>
internal sealed class MemberShelf(IReadOnlyList<Member?> members, EnsembleFolder folder, Workshop workshop, long budget = MemberShelf.UsualBudget) : IDisposable
{
    /// <summary>For each of the two parts that are in use at once in Stage 2.</summary>
    public const long UsualBudget = 192L << 20;

    // Reading one leaves freed blocks of about its size. They are given back now and then and not each time: the system has to
    // clear what it hands out again.
    private const long LargeNetwork = 8L << 20;

    private static readonly FoldingTerms Own = new();

    private readonly Dictionary<Architecture, Mould?> moulds = [];
    private readonly Dictionary<(int Place, FoldingTerms Terms), LinkedListNode<Held>> places = [];
    private readonly LinkedList<Held> byUse = [];

    // What was folded once and put back: it need not be proved again when it is read again.
    private readonly Dictionary<(int Place, FoldingTerms Terms), FoldedSize> proven = [];
    private long bytes;
    private long sinceGiven;

    /// <summary>How many networks are held.</summary>
    public int Count => byUse.Count;

    /// <summary>A member's network, until the next one is taken.</summary>
    /// <param name="place">Its place.</param>
    /// <param name="terms">How it is to compute; networks whose layers are not known keep to their own way.</param>
    /// <exception cref="UtafException">UTAF1402: its file is damaged.</exception>
    public FrozenNetwork Take(int place, FoldingTerms terms)
    {
        var mould = MouldOf(place);
        var key = (place, mould is null ? Own : terms);
        if (places.TryGetValue(key, out var held))
        {
            byUse.Remove(held);
            byUse.AddLast(held);
            return held.Value.Network;
        }

        var network = Load(place, mould, terms);
        bytes += network.Bytes;
        if (network.Bytes >= LargeNetwork && (sinceGiven += network.Bytes) >= budget)
        {
            FreedMemory.GiveBack();
            sinceGiven = 0;
        }

        while (bytes > budget && byUse.First is { } oldest)
        {
            byUse.RemoveFirst();
            places.Remove(oldest.Value.Key);
            bytes -= oldest.Value.Network.Bytes;
            oldest.Value.Network.Dispose();
        }

        places[key] = byUse.AddLast(new Held(key, network));
        return network;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var held in byUse)
        {
            held.Network.Dispose();
        }

        foreach (var mould in moulds.Values)
        {
            mould?.Dispose();
        }
    }

    private FrozenNetwork Load(int place, Mould? mould, FoldingTerms terms)
    {
        if (mould is not null)
        {
            var compared = StartPour(place, mould.Network);
            FoldedNetwork? folded = null;
            try
            {
                folded = Folding.TryFold(mould.Network, workshop.Probe, terms, proven.GetValueOrDefault((place, terms)));
            }
            finally
            {
                Await(compared, folded);
            }

            if (folded is not null)
            {
                proven[(place, terms)] = folded.Size;
                return folded;
            }
        }

        // Its layers are not known, or fold into something that answers otherwise: weights so large that digits are lost.
        return new WholeNetwork((members[place] is { } member ? folder.Load(member, workshop.Architectures) : workshop.Target.Copy()).To(workshop.Device).Freeze());
    }

    private Task StartPour(int place, Network network)
    {
        if (members[place] is { } member)
        {
            return folder.StartPour(member, network);
        }

        // By name: a twin may have registered the same tensors in another order.
        network.Import(workshop.Target.Network.Export());
        return Task.CompletedTask;
    }

    /// <summary>Waits until the weights are compared; nothing is made of others.</summary>
    private static void Await(Task compared, FoldedNetwork? folded)
    {
        try
        {
            compared.GetAwaiter().GetResult();
        }
        catch
        {
            folded?.Dispose();
            throw;
        }
    }

    private Mould? MouldOf(int place)
    {
        var architecture = members[place] is { } member ? folder.Plan.ArchitectureOf(member) : new TargetArchitecture();
        if (!moulds.TryGetValue(architecture, out var mould))
        {
            // A listed model is one of its kind: a mould would be used once.
            mould = architecture is ListedArchitecture ? null : Mould.Of(architecture, workshop.Architectures, workshop.Probe);
            moulds[architecture] = mould;
        }

        return mould;
    }

    private sealed record Held((int Place, FoldingTerms Terms) Key, FrozenNetwork Network);
}
