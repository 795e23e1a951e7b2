namespace Utaf;

/// <summary>Files that the user names to be read.</summary>
public static class InputFile
{
    /// <summary>The whole content of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="expected">What should have been there, for the error: "a commitment (.intoto.json)".</param>
    /// <exception cref="UtafException">UTAF1002: there is no such file. UTAF1003: it cannot be read.</exception>
    public static byte[] Read(string path, string expected)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Errors.FileNotFound(path, expected);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Errors.FileUnreadable(path, exception);
        }
    }
}
