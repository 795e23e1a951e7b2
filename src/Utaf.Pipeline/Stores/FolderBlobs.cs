namespace Utaf.Stores;

/// <summary>Files in a folder, which may be shared.</summary>
/// <param name="root">The folder; made by the first put.</param>
/// <param name="time">The clock that tells how old a leftover is.</param>
internal sealed class FolderBlobs(string root, TimeProvider time) : IBlobs
{
    /// <summary>How an address of this kind begins.</summary>
    public const string Scheme = "folder:";

    private static readonly EnumerationOptions ThreeLevels = new() { RecurseSubdirectories = true, MaxRecursionDepth = 2, IgnoreInaccessible = false };

    private readonly string root = Path.GetFullPath(root);

    /// <inheritdoc/>
    public string Address => $"{Scheme}{root}";

    /// <inheritdoc/>
    public string PlaceOf(string name) => Path.Combine(root, Path.Combine(name.Split('/')));

    /// <inheritdoc/>
    public Task RequireWritableAsync(CancellationToken cancellationToken) => AtomicFile.Obstacle(root) is { } obstacle
        ? Task.FromException(Errors.StoreUnusable(Address, obstacle.Message, obstacle))
        : Task.CompletedTask;

    /// <inheritdoc/>
    public Task<bool> PutIfAbsentAsync(string name, byte[] content, CancellationToken cancellationToken) => UseAsync(
        () =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            var added = AtomicFile.WriteNew(PlaceOf(name), content);
            AtomicFile.RemoveLeftovers(Path.GetDirectoryName(PlaceOf(name))!, time.GetUtcNow());
            return added;
        });

    /// <inheritdoc/>
    public Task ReplaceAsync(string name, byte[] content, CancellationToken cancellationToken) => UseAsync(
        () =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            AtomicFile.Write(PlaceOf(name), content);
            return true;
        });

    /// <inheritdoc/>
    public Task<byte[]?> GetAsync(string name, CancellationToken cancellationToken) => UseAsync(
        () =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return File.ReadAllBytes(PlaceOf(name));
            }
            catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException && !IsBlocked())
            {
                return null;
            }
        });

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken) => UseAsync<IReadOnlyList<string>>(
        () =>
        {
            try
            {
                return
                [
                    .. Directory.EnumerateFiles(Path.Combine(root, prefix), "*", ThreeLevels)
                        .Select(path => Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '/')),
                ];
            }
            catch (DirectoryNotFoundException) when (!IsBlocked())
            {
                return [];
            }
        });

    /// <summary>A folder answers at once: only other kinds of storage have something to wait for.</summary>
    private Task<T> UseAsync<T>(Func<T> use)
    {
        try
        {
            return Task.FromResult(use());
        }
        catch (OperationCanceledException exception)
        {
            return Task.FromCanceled<T>(exception.CancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Task.FromException<T>(Errors.StoreUnusable(Address, exception.Message, exception));
        }
        catch (UtafException exception)
        {
            return Task.FromException<T>(Errors.StoreUnusable(Address, (exception.InnerException ?? exception).Message, exception));
        }
    }

    /// <summary>Whether the root can never be a folder because it, or a part of its path, is a file.</summary>
    private bool IsBlocked()
    {
        for (var path = root; path is not null; path = Path.GetDirectoryName(path))
        {
            if (File.Exists(path))
            {
                return true;
            }
        }

        return false;
    }
}
