namespace Utaf.Tool.Release;

/// <summary>Whether a place can be written, asked before hours of work rather than after.</summary>
internal static class Writable
{
    /// <summary>Tries to make and delete a file in the folder, or in the nearest one above it that exists.</summary>
    /// <returns>Null if it worked, else why not.</returns>
    public static Exception? Obstacle(string folder)
    {
        try
        {
            var place = Path.GetFullPath(folder);
            while (!Directory.Exists(place))
            {
                if (File.Exists(place))
                {
                    return new IOException($"'{place}' is a file.");
                }

                place = Path.GetDirectoryName(place) ?? throw new IOException("There is no such folder.");
            }

            var probe = Path.Combine(place, $".utaf-{Guid.NewGuid():N}.tmp");
            new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose).Dispose();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return e;
        }
    }

    /// <summary>Refuses a store that cannot be written.</summary>
    /// <exception cref="UtafException">UTAF1305.</exception>
    public static void RequireStore(string address)
    {
        if (FolderOf(address) is { } folder && Obstacle(folder) is { } obstacle)
        {
            throw Errors.StoreUnusable(address, obstacle.Message, obstacle);
        }
    }

    /// <summary>Refuses a file whose folder cannot be written.</summary>
    /// <exception cref="UtafException">UTAF1309.</exception>
    public static void RequireFile(string? path)
    {
        if (path is not null && Directory.Exists(path))
        {
            throw Errors.Unwritable(path, new IOException("It is a folder."));
        }

        if (path is not null && Obstacle(Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/") is { } obstacle)
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
