namespace Utaf.Configuration;

/// <summary>The published schema and the starter, as they are packed with the product.</summary>
internal static class ConfigurationResources
{
    /// <summary>The schema's bytes.</summary>
    public static byte[] Schema() => Read("utaf.schema.json");

    /// <summary>The starter's bytes.</summary>
    public static byte[] Starter() => Read("utaf.starter.json");

    private static byte[] Read(string name)
    {
        using var resource = typeof(ConfigurationResources).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    }
}
