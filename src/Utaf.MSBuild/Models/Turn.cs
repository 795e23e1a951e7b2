namespace Utaf.MSBuild.Models;

/// <summary>A file that only one process at a time has open.</summary>
internal static class Turn
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits until nobody else has the file open.</summary>
    /// <param name="path">
    /// The file. It stays: one that was deleted while a second process waits for it would give a third a file, and a turn, of its own.
    /// </param>
    /// <param name="stopped">Ends the waiting.</param>
    /// <returns>The file, which is the turn: its disposal ends it; null if the waiting was ended.</returns>
    /// <exception cref="IOException">The file cannot be made.</exception>
    public static FileStream? Wait(string path, Func<bool> stopped)
    {
        while (!stopped())
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                Thread.Sleep(Pause);
            }
        }

        return null;
    }
}
