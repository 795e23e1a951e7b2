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
        Assert.True(await here.PutAsync("student-0", folder.File("mine"), Cancellation));
        Assert.False(await here.PutAsync("student-0", folder.File("other"), Cancellation));

        var fetched = await Open("plan-a").FetchAsync([("student-0", folder.File("a/student-0")), ("student-1", folder.File("a/student-1"))], Cancellation);

        Assert.Equal(["student-0"], fetched);
        Assert.Equal("weights", File.ReadAllText(folder.File("a/student-0")));
        Assert.False(File.Exists(folder.File("a/student-1")));
        Assert.Empty(await Open("plan-b").FetchAsync([("student-0", folder.File("b"))], Cancellation));
    }

    [Fact]
    public async Task A_storage_that_cannot_be_used_is_an_error()
    {
        File.WriteAllText(folder.File("shared"), "a file");

        var error = await Assert.ThrowsAsync<UtafException>(() => Open("plan").FetchAsync([("x", folder.File("x"))], Cancellation));

        Assert.Equal("UTAF1305", error.Diagnostic.Code);
    }

    [Fact]
    public void An_address_of_no_kind_is_an_error() =>
        Assert.Equal("UTAF1306", Assert.Throws<UtafException>(() => FingerprintStores.OpenMembers("s3://bucket", "plan")).Diagnostic.Code);

    private SharedMembers Open(string plan) => FingerprintStores.OpenMembers($"folder:{folder.File("shared")}", plan);
}
