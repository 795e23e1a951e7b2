using Utaf.Fingerprints;
using Utaf.Stores;
using Utaf.Tests;

namespace Utaf.Pipeline.Tests.Stores;

public sealed class FolderStoreDamageTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly IFingerprintStore store;

    public FolderStoreDamageTests() => store = FingerprintStores.Open($"folder:{folder.File("store")}");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Bytes_that_are_no_pair_are_not_taken()
    {
        var exception = await Assert.ThrowsAsync<UtafException>(() => store.PutAsync(SamplePairs.Bytes()[..50], null, Cancellation));

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
        var put = await Assert.ThrowsAsync<UtafException>(() => store.PutAsync(SamplePairs.Bytes(model, version), null, Cancellation));
        var get = await Assert.ThrowsAsync<UtafException>(() => store.GetAsync(new StoredPair(model, version, new string('0', 64)), Cancellation));

        Assert.Equal("UTAF1307", put.Diagnostic.Code);
        Assert.Equal("UTAF1307", get.Diagnostic.Code);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task A_name_has_at_most_100_letters()
    {
        await store.PutAsync(SamplePairs.Bytes(new string('a', 100)), null, Cancellation);

        var exception = await Assert.ThrowsAsync<UtafException>(() => store.PutAsync(SamplePairs.Bytes(new string('a', 101)), null, Cancellation));
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

    [Theory]
    [InlineData("file")]
    [InlineData("file/store")]
    public async Task A_root_that_is_or_lies_below_a_file_is_unusable(string root)
    {
        await File.WriteAllTextAsync(folder.File("file"), "x", Cancellation);
        var blocked = FingerprintStores.Open($"folder:{folder.File(root)}");

        var put = await Assert.ThrowsAsync<UtafException>(() => blocked.PutAsync(SamplePairs.Bytes(), null, Cancellation));
        var get = await Assert.ThrowsAsync<UtafException>(() => blocked.GetAsync(new StoredPair("a", "1", new string('0', 64)), Cancellation));
        var list = await Assert.ThrowsAsync<UtafException>(async () => await blocked.ListAsync(null, null, Cancellation).ToListAsync(Cancellation));

        Assert.All([put, get, list], exception => Assert.Equal("UTAF1305", exception.Diagnostic.Code));
        Assert.All([put, get, list], exception => Assert.Equal(ExitCode.Environment, exception.Diagnostic.ExitCode));
        Assert.All([put, get, list], exception => Assert.Equal(blocked.Address, exception.Diagnostic.Origin));
        Assert.Equal("x", await File.ReadAllTextAsync(folder.File("file"), Cancellation));
    }

    [Fact]
    public async Task A_put_that_fails_at_the_pair_shows_nothing_and_can_be_repeated()
    {
        // A folder stands where the pair's file should go: the manifest is written, the pair cannot be.
        var obstacle = folder.File($"store/digits/1.2.0/{FingerprintPairFile.Sha256(SamplePairs.Bytes())}.utaf");
        Directory.CreateDirectory(obstacle);

        var exception = await Assert.ThrowsAsync<UtafException>(() => store.PutAsync(SamplePairs.Bytes(), null, Cancellation));

        Assert.Equal("UTAF1305", exception.Diagnostic.Code);
        Assert.Empty(await store.ListAsync(null, null, Cancellation).ToListAsync(Cancellation));

        Directory.Delete(obstacle);
        Assert.True((await store.PutAsync(SamplePairs.Bytes(), null, Cancellation)).Added);
        Assert.Equal(2, Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public async Task Temporary_files_of_killed_puts_go_after_a_day()
    {
        Directory.CreateDirectory(folder.File("store/digits/1.2.0"));
        var old = folder.File("store/digits/1.2.0/.utaf-0.tmp");
        var young = folder.File("store/digits/1.2.0/.utaf-1.tmp");
        await File.WriteAllTextAsync(old, "x", Cancellation);
        await File.WriteAllTextAsync(young, "x", Cancellation);
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-25));

        await store.PutAsync(SamplePairs.Bytes(), null, Cancellation);

        Assert.False(File.Exists(old));
        Assert.True(File.Exists(young));
    }

    [Fact]
    public void A_listing_does_not_make_the_folder()
    {
        Assert.Empty(store.ListAsync(null, null, Cancellation).ToBlockingEnumerable(Cancellation));
        Assert.False(Directory.Exists(folder.File("store")));
    }
}
