using System.Reflection;

namespace Utaf.Packages.Tests.Support;

/// <summary>The sources that the packages are made of.</summary>
public static class Repository
{
    /// <summary>The repository's root, with a separator at its end.</summary>
    public static string Root { get; } = typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "RepositoryRoot").Value!;

    /// <summary>Where every command that the tests run is logged.</summary>
    public static string Log { get; } = Path.Combine(Root, "artifacts", "test-results", "packages.log");

    /// <summary>A file of the repository.</summary>
    public static string File(params string[] path) => Path.Combine([Root, .. path]);
}
