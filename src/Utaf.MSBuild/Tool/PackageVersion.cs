using System.Reflection;

namespace Utaf.MSBuild.Tool;

/// <summary>The version of this package, which is that of the tool it was made with.</summary>
internal static class PackageVersion
{
    public static string Text { get; } = WithoutRevision(
        typeof(PackageVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>().InformationalVersion);

    /// <summary>What stands behind '+' tells a build from another, not a version from another.</summary>
    public static string WithoutRevision(string version) => version.Split('+')[0].Trim();
}
