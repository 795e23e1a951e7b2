using System.Text;

namespace Utaf;

/// <summary>
/// Files that are there completely or not at all: the bytes go to a temporary name in the same folder, are flushed to the
/// disk and then renamed. An interrupted write leaves at most a file whose name <see cref="IsTemporary"/> knows.
/// </summary>
public static class AtomicFile
{
    private const string Prefix = ".utaf-";
    private const string Suffix = ".tmp";

    // No write takes nearly as long.
    private static readonly TimeSpan Stale = TimeSpan.FromDays(1);

    /// <summary>Writes or replaces a file. Missing folders of the path are made.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="bytes">Its content.</param>
    /// <exception cref="UtafException">UTAF1309: the path cannot be written, or the disk is full.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        // A span cannot be captured by a delegate; its bytes can.
        var content = bytes.ToArray();
        Write(path, stream => stream.Write(content));
    }

    /// <inheritdoc cref="Write(string, ReadOnlySpan{byte})"/>
    public static void Write(string path, byte[] bytes) => Write(path, stream => stream.Write(bytes));

    /// <summary>Writes or replaces a file with what <paramref name="content"/> writes into the stream.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="content">Called once. If it throws, nothing is left behind.</param>
    /// <exception cref="UtafException">UTAF1309: the path cannot be written, or the disk is full.</exception>
    public static void Write(string path, Action<Stream> content) => Write(path, content, overwrite: true);

    /// <summary>Writes or replaces a text file in UTF-8 without a byte order mark. Line ends are kept as given.</summary>
    /// <inheritdoc cref="Write(string, ReadOnlySpan{byte})"/>
    /// <param name="path">The file to write.</param>
    /// <param name="text">Its content.</param>
    public static void WriteText(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Writes a file unless there is one.</summary>
    /// <remarks>
    /// Of several that write the same path in the same instant exactly one is told <c>true</c>, where the file system has hard
    /// links (or on Windows). Elsewhere two may be; one of the complete contents stays.
    /// </remarks>
    /// <param name="path">The file to write.</param>
    /// <param name="bytes">Its content.</param>
    /// <returns><c>true</c> if the file was written, <c>false</c> if there was one already, which is left as it is.</returns>
    /// <exception cref="UtafException">UTAF1309: the path cannot be written, or the disk is full.</exception>
    public static bool WriteNew(string path, byte[] bytes) =>
        !File.Exists(path) && Write(path, stream => stream.Write(bytes), overwrite: false);

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

            var probe = Path.Combine(place, $"{Prefix}{Guid.NewGuid():N}{Suffix}");
            new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose).Dispose();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return e;
        }
    }

    /// <summary>
    /// Makes a path a second name of another file, which takes no room, and replaces what is there. Only for files that are replaced
    /// as a whole and never written into.
    /// </summary>
    /// <param name="existing">The file.</param>
    /// <param name="path">Its second name.</param>
    /// <returns><c>false</c> where there are no such names, as between two disks; nothing has changed then.</returns>
    /// <exception cref="UtafException">UTAF1309: the path cannot be written.</exception>
    public static bool TryLink(string existing, string path)
    {
        string? temporary = null;
        try
        {
            var full = Path.GetFullPath(path);
            temporary = TemporaryFor(full);
            if (!HardLink.TryMake(existing, temporary))
            {
                return false;
            }

            // Of two names of one file neither is renamed to the other: the temporary one is removed below, as it is after a failure.
            File.Move(temporary, full, overwrite: true);
            return true;
        }
        catch (FileNotFoundException)
        {
            // A name is as old as its file: another process has taken it for a leftover in the instant before it was renamed.
            return false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Errors.Unwritable(path, exception);
        }
        finally
        {
            Remove(temporary);
        }
    }

    /// <summary>Whether a path names a temporary file that an interrupted write left behind.</summary>
    public static bool IsTemporary(string path)
    {
        var name = Path.GetFileName(path);
        return name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal);
    }

    /// <summary>
    /// Removes what writes that were killed left in a folder a day ago or earlier, where that is allowed: leftovers do no harm,
    /// and so nothing is said where they stay. What is younger may be a write that is going on, here or on another machine.
    /// </summary>
    /// <param name="folder">The folder, without those in it; there may be none.</param>
    /// <param name="now">The present time; null: by the folder's own clock, which may differ from this machine's.</param>
    public static void RemoveLeftovers(string folder, DateTimeOffset? now = null)
    {
        try
        {
            if (!Directory.Exists(folder))
            {
                return;
            }

            var leftovers = Directory.GetFiles(folder, $"{Prefix}*{Suffix}").Where(IsTemporary).ToList();
            if (leftovers.Count == 0)
            {
                return;
            }

            var present = now?.UtcDateTime ?? TimeIn(folder);
            foreach (var path in leftovers.Where(path => present - File.GetLastWriteTimeUtc(path) > Stale))
            {
                File.Delete(path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Whoever is to write here is told why that is not possible.
        }
    }

    /// <summary>What time it is where the folder is: that of a file that is made there now.</summary>
    private static DateTime TimeIn(string folder)
    {
        var probe = Path.Combine(folder, $"{Prefix}{Guid.NewGuid():N}{Suffix}");
        using var stream = new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.DeleteOnClose);
        stream.WriteByte(0);
        stream.Flush();
        return File.GetLastWriteTimeUtc(probe);
    }

    private static bool Write(string path, Action<Stream> content, bool overwrite)
    {
        string? temporary = null;
        try
        {
            var full = Path.GetFullPath(path);
            temporary = TemporaryFor(full);

            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                content(stream);
                stream.Flush(flushToDisk: true);
            }

            return Rename(temporary, full, overwrite);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Errors.Unwritable(path, exception);
        }
        finally
        {
            Remove(temporary);
        }
    }

    /// <summary>A name in the same folder, which is made where it is missing.</summary>
    private static string TemporaryFor(string full)
    {
        var folder = Path.GetDirectoryName(full) ?? throw new IOException("This is a root folder.");
        Directory.CreateDirectory(folder);
        return Path.Combine(folder, $"{Prefix}{Guid.NewGuid():N}{Suffix}");
    }

    private static bool Rename(string temporary, string path, bool overwrite)
    {
        if (!overwrite && HardLink.TryMake(temporary, path))
        {
            return true;
        }

        try
        {
            File.Move(temporary, path, overwrite);
            return true;
        }
        catch (IOException) when (!overwrite && File.Exists(path))
        {
            return false;
        }
    }

    /// <summary>After a link the temporary name goes; after a rename it is gone, and File.Delete does not mind.</summary>
    private static void Remove(string? temporary)
    {
        try
        {
            if (temporary is not null)
            {
                File.Delete(temporary);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The write has already failed with a reason that says more than this one.
        }
    }
}
