using System.IO.Compression;
using System.Text;

namespace Utaf.Data.Tests;

/// <summary>A folder of its own for the files of one test, deleted afterwards.</summary>
public abstract class DataFolder : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("utaf-data-").FullName;

    protected string PathOf(string name) => Path.Combine(root, name);

    protected string Write(string name, byte[] content)
    {
        var path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    protected string Write(string name, string content) => Write(name, Encoding.UTF8.GetBytes(content));

    protected static byte[] Gzip(byte[] content)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionMode.Compress))
        {
            gzip.Write(content);
        }

        return memory.ToArray();
    }

    /// <summary>The error that reading a file ends with, as a user sees it.</summary>
    protected static string ErrorOf(string path, DataOptions? options = null) =>
        Assert.Throws<UtafException>(() => DataFormats.Read(path, options)).Diagnostic.ToString();

    public void Dispose()
    {
        Directory.Delete(root, recursive: true);
        GC.SuppressFinalize(this);
    }
}
