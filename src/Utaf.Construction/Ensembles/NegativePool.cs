using Utaf.Models;

namespace Utaf.Ensembles;

/// <summary>
/// Honest members of any number of ensembles, each under its key: they do not depend on the target, so the next version of a model
/// takes them from here. It is a cache: any file of it may be deleted at any time. Several processes may use it at once.
/// </summary>
/// <param name="path">The folder; made by the first put.</param>
public sealed class NegativePool(string path)
{
    /// <summary>The folder's name below the root of the ensembles.</summary>
    public const string FolderName = "negatives";

    /// <summary>The folder.</summary>
    public string Path => path;

    /// <summary>Where a member with a key is, or would be.</summary>
    public string FileOf(Member member) => System.IO.Path.Combine(path, $"{member.Key}.safetensors");

    /// <summary>Takes what there is of some members into an ensemble. What is damaged is removed, and never used.</summary>
    /// <param name="folder">The ensemble's folder.</param>
    /// <param name="wanted">Members that it misses.</param>
    /// <param name="architectures">How architectures are made for this task.</param>
    /// <param name="damaged">Told of each file that was damaged, and what was wrong with it.</param>
    /// <returns>The members that were there.</returns>
    /// <exception cref="UtafException">UTAF1309: a member cannot be written.</exception>
    public IReadOnlyList<Member> Take(EnsembleFolder folder, IEnumerable<Member> wanted, ArchitectureContext architectures, Action<string, string> damaged)
    {
        AtomicFile.RemoveLeftovers(path);
        var taken = new List<Member>();
        foreach (var member in wanted.Where(member => member.Key is not null))
        {
            var file = FileOf(member);
            if (Read(file) is not { } content)
            {
                continue;
            }

            if (folder.Take(member, content, architectures, file) is not { } detail)
            {
                taken.Add(member);
                continue;
            }

            Remove(file);
            damaged(file, detail);
        }

        return taken;
    }

    /// <summary>Leaves a built member here, unless it is here or has no key.</summary>
    /// <exception cref="UtafException">UTAF1309: the pool cannot be written.</exception>
    public void Put(EnsembleFolder folder, Member member)
    {
        if (member.Key is not null && !File.Exists(FileOf(member)) && !AtomicFile.TryLink(folder.FileOf(member), FileOf(member)))
        {
            AtomicFile.Write(FileOf(member), File.ReadAllBytes(folder.FileOf(member)));
        }
    }

    /// <summary>A file's bytes; null where there is none, or none that can be read.</summary>
    private static byte[]? Read(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadAllBytes(file) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void Remove(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It stays, and is found damaged again.
        }
    }
}
