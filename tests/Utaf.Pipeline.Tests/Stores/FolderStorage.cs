using Utaf.Tests;

namespace Utaf.Pipeline.Tests.Stores;

internal sealed class FolderStorage : IStorageUnderTest
{
    private readonly TemporaryFolder folder = new();

    public string Address => $"folder:{Root}";

    public IReadOnlyDictionary<string, string> Variables { get; } = new Dictionary<string, string>();

    private string Root => folder.File("store");

    public Task<IReadOnlyDictionary<string, byte[]>> FilesAsync() => Task.FromResult<IReadOnlyDictionary<string, byte[]>>(
        Directory.Exists(Root)
            ? Directory.GetFiles(Root, "*", SearchOption.AllDirectories)
                .ToDictionary(path => Path.GetRelativePath(Root, path).Replace('\\', '/'), File.ReadAllBytes)
            : []);

    public Task WriteAsync(string name, byte[] content)
    {
        var path = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return File.WriteAllBytesAsync(path, content);
    }

    public Task DeleteAsync(string name)
    {
        File.Delete(Path.Combine(Root, name));
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
