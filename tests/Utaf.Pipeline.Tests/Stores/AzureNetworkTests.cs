using System.Net;
using Utaf.Fingerprints;
using Utaf.Pipeline.Tests.Peers;
using Utaf.Stores;
using Utaf.Tests;

namespace Utaf.Pipeline.Tests.Stores;

/// <summary>What a network can do to a put.</summary>
[Collection(AzuriteTests.Name)]
public sealed class AzureNetworkTests(Azurite azurite) : IAsyncLifetime
{
    private AzuriteStorage storage = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => storage = await AzuriteStorage.MakeAsync(azurite);

    public async ValueTask DisposeAsync() => await storage.DisposeAsync();

    [Theory]
    [InlineData(0, null)]
    [InlineData(2_000, null)]
    [InlineData(3_000_000, null)]
    [InlineData(20_000_000, null)]
    [InlineData(50_500_000, null)]
    [InlineData(20_000_000, "key")]
    public async Task A_cut_in_the_middle_of_an_upload_leaves_nothing_readable_and_a_retry_completes_it(long bytesUp, string? key)
    {
        var pair = BigPair.Bytes();
        using var proxy = new CuttingProxy((await azurite.PlainAsync()).Port);
        proxy.CutAfter(bytesUp);
        var store = OpenThrough(proxy.Port, key is null ? null : SampleKeys.One);

        var error = await Assert.ThrowsAsync<UtafException>(() => store.PutAsync(pair, null, Cancellation));

        Assert.Equal("UTAF1322", error.Diagnostic.Code);
        Assert.Equal(ExitCode.Environment, error.Diagnostic.ExitCode);
        Assert.DoesNotContain(await storage.FilesAsync(), file => file.Key.EndsWith(FingerprintPairFile.Extension, StringComparison.Ordinal));
        Assert.Empty(await Straight().ListAsync(null, null, Cancellation).ToListAsync(Cancellation));

        proxy.Mend();
        var stored = await store.PutAsync(pair, null, Cancellation);
        Assert.True(stored.Added);
        Assert.Equal(stored.Sha256, FingerprintPairFile.Sha256(await store.GetAsync(stored, Cancellation)));
        Assert.Equal(2, (await storage.FilesAsync()).Count);
    }

    [Fact]
    public async Task A_put_whose_answer_was_lost_is_still_told_that_it_added_the_pair()
    {
        var loses = new LosesAnswers();
        var store = FingerprintStores.Open(storage.Address, environment: storage.Variables.GetValueOrDefault, handler: loses);

        Assert.True((await store.PutAsync(SamplePairs.Bytes(), null, Cancellation)).Added);

        Assert.True(loses.Lost > 0);
        Assert.False((await store.PutAsync(SamplePairs.Bytes(), null, Cancellation)).Added);
    }

    [Fact]
    public async Task A_service_that_is_busy_for_a_moment_is_asked_again_by_the_SDK()
    {
        var busy = new Scripted(
            (request, count) => count % 2 == 0 ? new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { RequestMessage = request } : null);
        var store = FingerprintStores.Open(storage.Address, environment: storage.Variables.GetValueOrDefault, handler: busy);

        var stored = await store.PutAsync(SamplePairs.Bytes(), null, Cancellation);

        Assert.Equal(SamplePairs.Bytes(), await store.GetAsync(stored, Cancellation));
    }

    [Fact]
    public async Task A_host_that_cannot_be_reached_is_an_error_that_names_it()
    {
        var port = PeerProcess.FreePort();
        var store = OpenThrough(port, key: null);

        var error = await Assert.ThrowsAsync<UtafException>(() => store.PutAsync(SamplePairs.Bytes(), null, Cancellation));

        Assert.Equal("UTAF1322", error.Diagnostic.Code);
        Assert.Contains("127.0.0.1", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Azurite.Key, error.ToString(), StringComparison.Ordinal);
    }

    private IFingerprintStore Straight() => ((IStorageUnderTest)storage).Open();

    private IFingerprintStore OpenThrough(int port, string? key)
    {
        var connection = Azurite.Connection(new Uri($"http://127.0.0.1:{port}/{Azurite.Account}"));
        return FingerprintStores.Open(storage.Address, environment: name => name == "UTAF_STORE_KEY" ? key : connection);
    }

    /// <summary>Loses the first answer to each put of a blob, after the server has done it.</summary>
    private sealed class LosesAnswers() : DelegatingHandler(new HttpClientHandler())
    {
        private readonly HashSet<string> seen = [];

        public int Lost { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (request.Method == HttpMethod.Put && seen.Add(request.RequestUri!.AbsoluteUri))
            {
                Lost++;
                response.Dispose();
                throw new HttpRequestException("The connection was reset.");
            }

            return response;
        }
    }
}
