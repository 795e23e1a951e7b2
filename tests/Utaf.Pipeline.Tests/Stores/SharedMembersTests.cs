using System.Text;
using Utaf.Stores;
using Utaf.Tests;

namespace Utaf.Pipeline.Tests.Stores;

/// <summary>Members that machines share in a folder; the storage itself is tested with pairs.</summary>
public sealed class SharedMembersTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_member_is_put_once_and_fetched_by_others_of_the_same_plan()
    {
        var here = Open("plan-a");
        File.WriteAllText(folder.File("mine"), "weights");
        File.WriteAllText(folder.File("other"), "other weights");
        Assert.True(await here.PutAsync("student-0", folder.File("mine"), damaged: false, Cancellation));
        Assert.False(await here.PutAsync("student-0", folder.File("other"), damaged: false, Cancellation));

        Assert.Equal(["student-0: weights"], await TextOf(Open("plan-a").FetchAsync(["student-0", "student-1"], Cancellation)));
        Assert.Empty(await TextOf(Open("plan-b").FetchAsync(["student-0"], Cancellation)));

        // What was found damaged is the only thing that is replaced.
        Assert.True(await here.PutAsync("student-0", folder.File("other"), damaged: true, Cancellation));
        Assert.Equal(["student-0: other weights"], await TextOf(here.FetchAsync(["student-0"], Cancellation)));
    }

    [Fact]
    public async Task An_honest_member_is_there_for_every_plan()
    {
        File.WriteAllText(folder.File("mine"), "weights");
        Assert.Empty(await Open("plan-a").ListNegativesAsync(Cancellation));
        Assert.True(await Open("plan-a").PutNegativeAsync("key", folder.File("mine"), damaged: false, Cancellation));
        Assert.False(await Open("plan-b").PutNegativeAsync("key", folder.File("mine"), damaged: false, Cancellation));

        Assert.Equal(["key"], await Open("plan-b").ListNegativesAsync(Cancellation));
        Assert.Equal(["key: weights"], await TextOf(Open("plan-b").FetchNegativesAsync(["key", "none"], Cancellation)));
        Assert.Empty(await TextOf(Open("plan-b").FetchAsync(["key"], Cancellation)));
    }

    [Fact]
    public async Task A_storage_that_cannot_be_used_is_an_error()
    {
        File.WriteAllText(folder.File("shared"), "a file");

        var error = await Assert.ThrowsAsync<UtafException>(() => TextOf(Open("plan").FetchAsync(["x"], Cancellation)));

        Assert.Equal("UTAF1305", error.Diagnostic.Code);
    }

    [Fact]
    public void An_address_of_no_kind_is_an_error() =>
        Assert.Equal("UTAF1306", Assert.Throws<UtafException>(() => FingerprintStores.OpenMembers("s3://bucket", "plan")).Diagnostic.Code);

    private static async Task<List<string>> TextOf(IAsyncEnumerable<(string Name, byte[] Content)> fetched)
    {
        var texts = new List<string>();
        await foreach (var (name, content) in fetched)
        {
            texts.Add($"{name}: {Encoding.UTF8.GetString(content)}");
        }

        return texts;
    }

    private SharedMembers Open(string plan) => FingerprintStores.OpenMembers($"folder:{folder.File("shared")}", plan);
}
