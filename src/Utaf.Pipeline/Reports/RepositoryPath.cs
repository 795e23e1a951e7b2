using Utaf.Stores;

namespace Utaf.Reports;

/// <summary>Paths as they may leave this machine: relative to the repository, and never with the folders around it.</summary>
internal static class RepositoryPath
{
    /// <summary>The path from the repository's root, with forward slashes; of a file outside of it only the name. Addresses stay.</summary>
    /// <param name="path">A path, absolute or relative to the current folder, or an address such as <c>azblob://…</c> or <c>folder:PATH</c>.</param>
    /// <param name="root">The repository's root; the nearest folder above the current one that holds <c>.git</c> if null.</param>
    public static string Of(string path, string? root = null)
    {
        if (path.Length == 0 || path.Contains("://", StringComparison.Ordinal) || path.StartsWith(AzureAddress.Scheme, StringComparison.Ordinal))
        {
            return path;
        }

        if (path.StartsWith(FolderBlobs.Scheme, StringComparison.Ordinal))
        {
            return FolderBlobs.Scheme + Of(path[FolderBlobs.Scheme.Length..], root);
        }

        var relative = Path.GetRelativePath(root ?? Root(), Path.GetFullPath(path)).Replace('\\', '/');
        return Path.IsPathRooted(relative) || relative == ".." || relative.StartsWith("../", StringComparison.Ordinal)
            ? Path.GetFileName(path)
            : relative;
    }

    /// <summary>The same of what may also be a name or a part of the product, which stay.</summary>
    public static string OfPlace(string place) =>
        Path.IsPathRooted(place) || place.StartsWith(FolderBlobs.Scheme, StringComparison.Ordinal) ? Of(place) : place;

    private static string Root()
    {
        var current = Directory.GetCurrentDirectory();
        for (var folder = new DirectoryInfo(current); folder is not null; folder = folder.Parent)
        {
            // In a worktree or a submodule .git is a file.
            if (Path.Exists(Path.Combine(folder.FullName, ".git")))
            {
                return folder.FullName;
            }
        }

        return current;
    }
}
