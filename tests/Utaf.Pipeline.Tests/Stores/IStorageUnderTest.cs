using Utaf.Configuration;
using Utaf.Stores;

namespace Utaf.Pipeline.Tests.Stores;

/// <summary>A storage that a store can be opened on, and what really is in it.</summary>
public interface IStorageUnderTest : IAsyncDisposable
{
    /// <summary>The store's address.</summary>
    public string Address { get; }

    /// <summary>The variables that the address names.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; }

    /// <summary>All files with their contents, by name.</summary>
    public Task<IReadOnlyDictionary<string, byte[]>> FilesAsync();

    /// <summary>Writes or overwrites a file, past the store.</summary>
    public Task WriteAsync(string name, byte[] content);

    /// <summary>Deletes a file, past the store.</summary>
    public Task DeleteAsync(string name);

    /// <summary>Opens a store on it.</summary>
    public IFingerprintStore Open(TimeProvider? time = null, string? key = null) => FingerprintStores.Open(
        Address,
        time,
        key is null ? null : new Secret("KEY"),
        name => name == "KEY" ? key : Variables.GetValueOrDefault(name));
}
