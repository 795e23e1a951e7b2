namespace Utaf;

/// <summary>What is kept for this user on this machine, and can be made again: cured native libraries, installed back ends.</summary>
public static class UserCache
{
    /// <summary><c>UTAF_CACHE</c>, or the folder <c>utaf</c> in the user's cache folder.</summary>
    public static string Folder
    {
        get
        {
            var chosen = Environment.GetEnvironmentVariable("UTAF_CACHE");
            if (!string.IsNullOrEmpty(chosen))
            {
                return chosen;
            }

            var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            return !string.IsNullOrEmpty(cache) ? Path.Combine(cache, "utaf")
                : !string.IsNullOrEmpty(home) ? Path.Combine(home, ".cache", "utaf")
                : Path.Combine(Path.GetTempPath(), $"utaf-{Environment.UserName}");
        }
    }
}
