namespace Utaf.Stores;

/// <summary>
/// Named files, as a folder or a cloud's storage has them: all that a kind of store must bring. A name is
/// <c>MODEL/VERSION/FILE</c>. A file is there completely or not at all.
/// </summary>
/// <remarks>Each member raises UTAF1305, or an error of its kind, where the storage cannot be used.</remarks>
internal interface IBlobs
{
    /// <summary>The store's address, with which it can be opened again; it holds no secret.</summary>
    public string Address { get; }

    /// <summary>A file's place for an error; it holds no secret.</summary>
    public string PlaceOf(string name);

    /// <summary>Refuses a storage in which no file can be put; it puts none.</summary>
    public Task RequireWritableAsync(CancellationToken cancellationToken);

    /// <summary>Puts a file unless there is one.</summary>
    /// <returns>Whether this call put it. Of several at once one is told so.</returns>
    public Task<bool> PutIfAbsentAsync(string name, byte[] content, CancellationToken cancellationToken);

    /// <summary>Puts a file, or another content for it.</summary>
    public Task ReplaceAsync(string name, byte[] content, CancellationToken cancellationToken);

    /// <summary>A file's content; null if there is none.</summary>
    public Task<byte[]?> GetAsync(string name, CancellationToken cancellationToken);

    /// <summary>The names that begin so, in any order. A storage that does not exist yet has none.</summary>
    /// <param name="prefix">Empty, <c>MODEL/</c> or <c>MODEL/VERSION/</c>.</param>
    /// <param name="cancellationToken">Stops the listing.</param>
    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken);
}
