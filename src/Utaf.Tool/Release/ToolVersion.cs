using System.Reflection;

namespace Utaf.Tool.Release;

/// <summary>The tool's version, as manifests name it.</summary>
internal static class ToolVersion
{
    public static string Text { get; } =
        typeof(ToolVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";
}
