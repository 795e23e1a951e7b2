namespace Utaf.Data;

/// <summary>One way of storing examples in a file or folder. To add one: a new file, and a line in <see cref="DataFormats"/>.</summary>
public interface IDataFormat
{
    /// <summary>What it is, for messages, such as <c>CSV (.csv, .tsv)</c>.</summary>
    public string Description { get; }

    /// <summary>Whether a path looks like this format, by its name or by being a folder.</summary>
    /// <param name="path">A path that exists.</param>
    public bool Recognises(string path);

    /// <summary>Reads all examples. <see cref="DataFormats"/> applies the scales and refuses an empty table, NaN and infinity.</summary>
    /// <param name="path">A path that exists and that the format recognises.</param>
    /// <param name="options">Options within their ranges.</param>
    /// <returns>The examples with the values of the file.</returns>
    /// <exception cref="UtafException">UTAF12xx: what is wrong with the content, and where.</exception>
    public DataTable Read(string path, DataOptions options);
}
