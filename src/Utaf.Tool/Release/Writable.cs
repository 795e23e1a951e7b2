namespace Utaf.Tool.Release;

/// <summary>Whether a place can be written, asked before hours of work rather than after.</summary>
internal static class Writable
{
    /// <summary>Refuses a file whose folder cannot be written.</summary>
    /// <exception cref="UtafException">UTAF1309.</exception>
    public static void RequireFile(string? path)
    {
        if (path is not null && Directory.Exists(path))
        {
            throw Errors.Unwritable(path, new IOException("It is a folder."));
        }

        if (path is not null && AtomicFile.Obstacle(Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/") is { } obstacle)
        {
            throw Errors.Unwritable(path, obstacle);
        }
    }

    /// <summary>The folder of a store that is one.</summary>
    public static string? FolderOf(string address)
    {
        const string scheme = "folder:";
        return address.StartsWith(scheme, StringComparison.Ordinal) ? address[scheme.Length..] : null;
    }
}
