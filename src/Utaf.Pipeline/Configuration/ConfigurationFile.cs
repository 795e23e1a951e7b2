namespace Utaf.Configuration;

/// <summary>The file that says what a release pipeline needs to know.</summary>
public static class ConfigurationFile
{
    /// <summary>What it is called where nothing else is said.</summary>
    public const string UsualName = "utaf.json";

    /// <summary>What the published schema is called beside it.</summary>
    public const string SchemaName = "utaf.schema.json";

    /// <summary>The published schema (JSON Schema, draft 7), in UTF-8.</summary>
    public static byte[] Schema => ConfigurationResources.Schema();

    /// <summary>A first <c>utaf.json</c> with comments, in UTF-8.</summary>
    public static byte[] Starter => ConfigurationResources.Starter();

    /// <summary>Reads and checks a file. Comments and trailing commas are allowed.</summary>
    /// <param name="path">The file. Its paths become relative to the current folder, or absolute, as this path is.</param>
    /// <exception cref="UtafException">
    /// UTAF1002, UTAF1003: it is not there or unreadable. UTAF1010, UTAF1011, UTAF1013 to UTAF1021: what is wrong in it, with line
    /// and column as origin. No secret and no address is shown.
    /// </exception>
    public static UtafConfiguration Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var root = PlacedText.Parse(path, InputFile.Read(path, "a configuration file; write a first one with: dotnet utaf init"));
        ConfigurationSchema.Published().Check(root);
        var configuration = new ConfigurationBinding(Path.GetDirectoryName(path) ?? "").Bind(root);
        ConfigurationNames.Check(configuration, root);
        return configuration with { File = path };
    }
}
