using System.Text;
using System.Text.Json;
using Utaf.Fingerprints;
using Utaf.Models;
using Utaf.Torch;

namespace Utaf.Ensembles;

/// <summary>
/// An ensemble on disk: the plan and one safetensors file per member. A run that was stopped at any moment goes on with those
/// that are missing; a file that was cut short counts as missing. Several machines may work in one folder at once: of two that
/// build the same member the later one's file, which is the same but for last bits on a GPU, takes the earlier one's place.
/// </summary>
public sealed class EnsembleFolder
{
    private const string MemberKey = "utaf.member";
    private const string PlanKey = "utaf.plan";
    private const string WeightsKey = "utaf.weights";
    private const string Unreadable = "an unreadable plan.json";

    private readonly string planHash;

    private EnsembleFolder(string path, EnsemblePlan plan)
    {
        Path = path;
        Plan = plan;
        planHash = plan.Hash();
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>What it holds or will hold.</summary>
    public EnsemblePlan Plan { get; }

    /// <summary>Opens or starts the folder of a plan, below a root that may hold many.</summary>
    public static EnsembleFolder Under(string root, EnsemblePlan plan) => Open(System.IO.Path.Combine(root, plan.Hash()[..16]), plan);

    /// <summary>Opens or starts a folder for a plan.</summary>
    /// <exception cref="UtafException">UTAF1401: the folder belongs to another plan; UTAF1309: it cannot be written.</exception>
    public static EnsembleFolder Open(string path, EnsemblePlan plan)
    {
        var folder = new EnsembleFolder(path, plan);
        var planFile = System.IO.Path.Combine(path, "plan.json");
        if (File.Exists(planFile))
        {
            var found = ReadHash(planFile);
            if (found != folder.planHash[..16])
            {
                throw Errors.OtherPlan(path, folder.planHash[..16], found);
            }
        }
        else
        {
            try
            {
                Directory.CreateDirectory(System.IO.Path.Combine(path, "members"));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw Errors.Unwritable(path, e);
            }

            // Of two that start the folder at once with other plans, one is told that it came second.
            if (!AtomicFile.WriteNew(planFile, Encoding.UTF8.GetBytes(plan.ToJson())))
            {
                return Open(path, plan);
            }
        }

        return folder;
    }

    /// <summary>Whether a member is built.</summary>
    public bool Has(Member member) => File.Exists(FileOf(member)) && IsWhole(member);

    /// <summary>Members whose files were cut short: they are built again.</summary>
    public IReadOnlyList<Member> Broken() => [.. Plan.Members.Where(member => File.Exists(FileOf(member)) && !IsWhole(member))];

    /// <summary>The planned members that are not built yet.</summary>
    public IReadOnlyList<Member> Missing() => [.. Plan.Members.Where(member => !Has(member))];

    /// <summary>Removes the temporary files that killed builders left behind; those of builders that may be at work stay.</summary>
    public void RemoveLeftovers()
    {
        AtomicFile.RemoveLeftovers(Path);
        AtomicFile.RemoveLeftovers(System.IO.Path.Combine(Path, "members"));
    }

    /// <summary>Writes a member: all of it, or nothing.</summary>
    public void Save(Member member, Network network)
    {
        var metadata = new Dictionary<string, string>
        {
            [MemberKey] = Describe(member),
            [WeightsKey] = network.WeightsSha256(),
        };
        if (member.Key is null)
        {
            // A member with a key may be of many plans.
            metadata[PlanKey] = planHash;
        }

        // A listed model's weights stay in the file that the user listed.
        var tensors = member.Recipe is ListedModel ? [] : network.Export();
        AtomicFile.Write(FileOf(member), Safetensors.Write(new SafetensorsFile(metadata, tensors)));
    }

    /// <summary>Reads a member that is built; frozen, in eval mode, on the CPU.</summary>
    /// <param name="member">One of the plan's.</param>
    /// <param name="architectures">How architectures are made for this task.</param>
    /// <exception cref="UtafException">UTAF1402: the file is damaged or of another plan.</exception>
    public Network Load(Member member, ArchitectureContext architectures)
    {
        var network = Plan.ArchitectureOf(member).Build(architectures, new SeededRandom(Plan.Seed, member.Id));
        try
        {
            Pour(member, network);
            return network.Freeze();
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Gives a network of the member's architecture the member's weights.</summary>
    /// <param name="member">One of the plan's that is built.</param>
    /// <param name="network">Changed in place.</param>
    /// <exception cref="UtafException">UTAF1402: the file is damaged or of another plan.</exception>
    public void Pour(Member member, Network network) => Told(FileOf(member), path =>
    {
        using var content = PooledFile.Read(path);
        Pour(content.Bytes, member, network);
    });

    /// <summary>As <see cref="Pour(Member, Network)"/>, but the weights are compared with their digest while the caller goes on.</summary>
    /// <param name="member">One of the plan's that is built.</param>
    /// <param name="network">Has the weights when this returns; to stay as it is until the task has ended.</param>
    /// <returns>Ends when the weights have proved to be those that were written; with UTAF1402 if they are others.</returns>
    /// <exception cref="UtafException">UTAF1402: the file is damaged or of another plan.</exception>
    public Task StartPour(Member member, Network network)
    {
        var file = FileOf(member);
        var written = Told(file, path =>
        {
            using var content = PooledFile.Read(path);
            return Import(content.Bytes, member, network);
        });
        return Task.Run(() => Told(file, _ => Compare(network, written)));
    }

    /// <summary>Takes a member that was built elsewhere, if it is sound: every byte of it is looked at first.</summary>
    /// <param name="member">One of the plan's.</param>
    /// <param name="content">Its file's bytes.</param>
    /// <param name="architectures">How architectures are made for this task.</param>
    /// <param name="file">The file, where it is on this machine: the member is then a second name for it.</param>
    /// <returns>Null; or what is wrong with it, and then it was not taken.</returns>
    /// <exception cref="UtafException">UTAF1309: the member cannot be written.</exception>
    public string? Take(Member member, byte[] content, ArchitectureContext architectures, string? file = null)
    {
        try
        {
            Read(content, member, architectures).Dispose();
        }
        catch (Exception e) when (e is FormatException or KeyNotFoundException)
        {
            return e.Message;
        }

        if (file is null || !AtomicFile.TryLink(file, FileOf(member)))
        {
            AtomicFile.Write(FileOf(member), content);
        }

        return null;
    }

    /// <summary>The digest of a built member's weights, as its file's header tells it: the weights are compared with it when they are read.</summary>
    /// <exception cref="UtafException">UTAF1402: the file is damaged or of another plan.</exception>
    public string WeightsSha256(Member member) => Told(FileOf(member), path =>
    {
        var metadata = Safetensors.ReadMetadata(path);
        Check(metadata, member);
        return metadata[WeightsKey];
    });

    private Network Read(byte[] content, Member member, ArchitectureContext architectures)
    {
        var network = Plan.ArchitectureOf(member).Build(architectures, new SeededRandom(Plan.Seed, member.Id));
        try
        {
            Pour(content, member, network);
            return network.Freeze();
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private void Pour(ReadOnlyMemory<byte> content, Member member, Network network)
    {
        var written = Import(content, member, network);
        Compare(network, written);
    }

    /// <summary>Refuses weights that do not have their digest.</summary>
    private static void Compare(Network network, string written)
    {
        if (network.WeightsSha256() != written)
        {
            throw new FormatException("its weights are not those that were written.");
        }
    }

    private static void Told(string path, Action<string> read) => Told(path, file =>
    {
        read(file);
        return file;
    });

    /// <summary>Reads a file, and tells of it what is wrong with it.</summary>
    private static T Told<T>(string path, Func<string, T> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception e) when (e is FormatException or KeyNotFoundException or IOException or UnauthorizedAccessException)
        {
            throw Errors.BadMember(path, e.Message);
        }
    }

    /// <summary>Sets a network's weights, and returns the digest that they were written with.</summary>
    private string Import(ReadOnlyMemory<byte> content, Member member, Network network)
    {
        var file = Read(content, member);
        if (member.Recipe is not ListedModel)
        {
            network.Import(file.Tensors);
        }

        return file.Metadata[WeightsKey];
    }

    private SafetensorsFile Read(ReadOnlyMemory<byte> content, Member member)
    {
        var file = Safetensors.Read(content);
        Check(file.Metadata, member);
        return file;
    }

    private void Check(IReadOnlyDictionary<string, string> metadata, Member member)
    {
        if (member.Key is null && metadata.GetValueOrDefault(PlanKey) != planHash)
        {
            throw new FormatException("it belongs to another plan.");
        }

        if (metadata.GetValueOrDefault(MemberKey) != Describe(member))
        {
            throw new FormatException("it holds another member.");
        }
    }

    /// <summary>What a member is; not what it is for, in which two plans that share an honest member may differ.</summary>
    private static string Describe(Member member) => JsonSerializer.Serialize(member with { ForTrainingAlone = false }, EnsemblePlan.Json);

    private bool IsWhole(Member member)
    {
        try
        {
            return Safetensors.IsWhole(FileOf(member));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.BadMember(FileOf(member), e.Message);
        }
    }

    /// <summary>A member's file, whether it is there or not.</summary>
    public string FileOf(Member member) => System.IO.Path.Combine(Path, "members", $"{member.Id}.safetensors");

    /// <summary>The first 16 digits of the plan's hash: those that name the folder.</summary>
    private static string ReadHash(string planFile)
    {
        try
        {
            return JsonSerializer.Deserialize<EnsemblePlan>(File.ReadAllText(planFile), EnsemblePlan.Json)?.Hash()[..16] ?? Unreadable;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or ArgumentNullException or IOException or UnauthorizedAccessException)
        {
            return Unreadable;
        }
    }
}
