namespace Utaf.Data;

/// <summary>Opens a data file, decompressed when it is gzip.</summary>
internal static class DataFile
{
    /// <summary>
    /// Opens a file for one pass from its beginning. Gzip is told by its first bytes, since downloads often lose or keep a wrong '.gz'.
    /// </summary>
    /// <exception cref="UtafException">UTAF1207: the file is empty.</exception>
    public static Stream Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16, FileOptions.SequentialScan);
        try
        {
            if (file.Length == 0)
            {
                throw Errors.BadDataFile(path, "at least one example", "an empty file (0 bytes)");
            }

            var gzip = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
            file.Position = 0;
            return gzip ? new CompleteGzipStream(file, path) : file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The path without a last '.gz'.</summary>
    public static string WithoutGz(string path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;

    /// <summary>Whether the path, without '.gz', ends with one of these extensions, whatever their case.</summary>
    public static bool HasExtension(string path, params string[] extensions) =>
        File.Exists(path) && extensions.Contains(Path.GetExtension(WithoutGz(path)), StringComparer.OrdinalIgnoreCase);
}
