using Utaf.Fingerprints;
using Utaf.Stores;
using Utaf.Tests;

namespace Utaf.Pipeline.Tests.Stores;

public sealed class FolderStoreDamageTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly FolderStore store;

    public FolderStoreDamageTests() => store = new FolderStore(folder.File("store"));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task An_altered_pair_is_an_error_that_names_both_digests()
    {
        var stored = await store.PutAsync(SamplePairs.Bytes(), Cancellation);
        var path = PathOf(stored);
        var altered = await File.ReadAllBytesAsync(path, Cancellation);
        altered[^1] ^= 1;
        await File.WriteAllBytesAsync(path, altered, Cancellation);

        var exception = await Assert.ThrowsAsync<UtafException>(() => store.GetAsync(stored, Cancellation));

        Assert.Equal("UTAF1302", exception.Diagnostic.Code);
        Assert.Equal(path, exception.Diagnostic.Origin);
        Assert.Contains(stored.Sha256, exception.Message, StringComparison.Ordinal);
        Assert.Contains(FingerprintPairFile.Sha256(altered), exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public async Task A_torn_pair_is_an_error_on_reading_and_on_putting_it_again(int length)
    {
        var stored = await store.PutAsync(SamplePairs.Bytes(), Cancellation);
        await File.WriteAllBytesAsync(PathOf(stored), SamplePairs.Bytes()[..length], Cancellation);

        Assert.Equal("UTAF1302", (await Assert.ThrowsAsync<UtafException>(() => store.GetAsync(stored, Cancellation))).Diagnostic.Code);
        Assert.Equal("UTAF1302", (await Assert.ThrowsAsync<UtafException>(() => store.PutAsync(SamplePairs.Bytes(), Cancellation))).Diagnostic.Code);
        Assert.Equal(length, new FileInfo(PathOf(stored)).Length);
    }

    [Fact]
    public async Task Bytes_that_are_no_pair_are_not_taken()
    {
        var exception = await Assert.ThrowsAsync<UtafException>(() => store.PutAsync(SamplePairs.Bytes()[..50], Cancellation));

        Assert.Equal("UTAF1301", exception.Diagnostic.Code);
        Assert.False(Directory.Exists(folder.File("store")));
    }

    [Theory]
    [InlineData("../digits", "1")]
    [InlineData("digits", "1/2")]
    [InlineData("digits", "..")]
    [InlineData(".hidden", "1")]
    [InlineData("", "1")]
    [InlineData("digits", "1 2")]
    [InlineData("digits\n", "1")]
    [InlineData("dïgits", "1")]
    public async Task A_name_that_could_leave_the_store_is_refused(string model, string version)
    {
        var put = await Assert.ThrowsAsync<UtafException>(() => store.PutAsync(SamplePairs.Bytes(model, version), Cancellation));
        var get = await Assert.ThrowsAsync<UtafException>(() => store.GetAsync(new StoredPair(model, version, new string('0', 64)), Cancellation));

        Assert.Equal("UTAF1307", put.Diagnostic.Code);
        Assert.Equal("UTAF1307", get.Diagnostic.Code);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task A_name_has_at_most_100_letters()
    {
        await store.PutAsync(SamplePairs.Bytes(new string('a', 100)), Cancellation);

        var exception = await Assert.ThrowsAsync<UtafException>(() => store.PutAsync(SamplePairs.Bytes(new string('a', 101)), Cancellation));
        Assert.Equal("UTAF1307", exception.Diagnostic.Code);
    }

    [Theory]
    [InlineData("../../../etc/passwd")]
    [InlineData("")]
    [InlineData("0123")]
    public async Task A_digest_that_is_none_is_in_no_store(string digest)
    {
        var exception = await Assert.ThrowsAsync<UtafException>(() => store.GetAsync(new StoredPair("digits", "1", digest), Cancellation));

        Assert.Equal("UTAF1304", exception.Diagnostic.Code);
    }

    [Fact]
    public async Task A_pair_that_is_not_there_is_an_error_that_names_it()
    {
        var exception = await Assert.ThrowsAsync<UtafException>(() =>
            store.GetAsync(new StoredPair("digits", "1", new string('0', 64)), Cancellation));

        Assert.Equal("UTAF1304", exception.Diagnostic.Code);
        Assert.Contains("digits 1 0000", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file")]
    [InlineData("file/store")]
    public async Task A_root_that_is_or_lies_below_a_file_is_unusable(string root)
    {
        await File.WriteAllTextAsync(folder.File("file"), "x", Cancellation);
        var blocked = new FolderStore(folder.File(root));

        var put = await Assert.ThrowsAsync<UtafException>(() => blocked.PutAsync(SamplePairs.Bytes(), Cancellation));
        var get = await Assert.ThrowsAsync<UtafException>(() => blocked.GetAsync(new StoredPair("a", "1", new string('0', 64)), Cancellation));
        var list = await Assert.ThrowsAsync<UtafException>(async () => await blocked.ListAsync(null, null, Cancellation).ToListAsync(Cancellation));

        Assert.All([put, get, list], exception => Assert.Equal("UTAF1305", exception.Diagnostic.Code));
        Assert.All([put, get, list], exception => Assert.Equal(ExitCode.Environment, exception.Diagnostic.ExitCode));
        Assert.All([put, get, list], exception => Assert.Equal(blocked.Address, exception.Diagnostic.Origin));
        Assert.Equal("x", await File.ReadAllTextAsync(folder.File("file"), Cancellation));
    }

    [Fact]
    public async Task A_put_that_fails_at_the_pair_takes_its_manifest_back()
    {
        // A folder stands where the pair's file should go: the manifest is written, the pair cannot be.
        var digest = FingerprintPairFile.Sha256(SamplePairs.Bytes());
        Directory.CreateDirectory(folder.File($"store/digits/1.2.0/{digest}.utaf"));

        var exception = await Assert.ThrowsAsync<UtafException>(() => store.PutAsync(SamplePairs.Bytes(), Cancellation));

        Assert.Equal("UTAF1305", exception.Diagnostic.Code);
        Assert.Empty(Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories));
    }

    private string PathOf(StoredPair pair) => folder.File($"store/{pair.Model}/{pair.Version}/{pair.Sha256}.utaf");
}
