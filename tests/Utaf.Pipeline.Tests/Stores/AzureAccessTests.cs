using System.Net;
using Azure.Storage;
using Azure.Storage.Sas;
using Utaf.Stores;
using Utaf.Tests;

namespace Utaf.Pipeline.Tests.Stores;

/// <summary>How a store is known to Azure, and what is said when that does not do.</summary>
[Collection(AzuriteTests.Name)]
public sealed class AzureAccessTests(Azurite azurite) : IAsyncLifetime
{
    private const AccountSasPermissions All =
        AccountSasPermissions.Read | AccountSasPermissions.Create | AccountSasPermissions.Write | AccountSasPermissions.List;

    private AzuriteStorage storage = null!;
    private Uri service = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        service = await azurite.PlainAsync();
        storage = await AzuriteStorage.MakeAsync(azurite);
    }

    public async ValueTask DisposeAsync() => await storage.DisposeAsync();

    [Fact]
    public async Task An_accounts_signature_is_enough()
    {
        var store = WithSas(Sas(All));

        var stored = await store.PutAsync(SamplePairs.Bytes(), [1], Cancellation);

        Assert.Equal(SamplePairs.Bytes(), await store.GetAsync(stored, Cancellation));
        Assert.Equal([1], await store.GetCommitmentAsync(stored, Cancellation));
        Assert.Single(await store.ListAsync("digits", null, Cancellation).ToListAsync(Cancellation));
    }

    [Fact]
    public async Task A_signature_that_has_expired_is_an_error_that_says_when()
    {
        var ended = DateTimeOffset.UtcNow.AddHours(-1);

        var error = await FailAsync(WithSas(Sas(All, DateTimeOffset.UtcNow.AddDays(-1), ended)));

        Assert.Equal("UTAF1319", error.Diagnostic.Code);
        Assert.Contains($"expired at {ended:yyyy-MM-dd HH:mm:ss} UTC", error.Message, StringComparison.Ordinal);
        Assert.Contains("STORE_SAS", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signature_for_tomorrow_is_an_error_that_says_so()
    {
        var error = await FailAsync(WithSas(Sas(All, DateTimeOffset.UtcNow.AddDays(1), DateTimeOffset.UtcNow.AddDays(2))));

        Assert.Equal("UTAF1319", error.Diagnostic.Code);
        Assert.Contains("valid from", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AccountSasPermissions.Read | AccountSasPermissions.List, "writing")]
    [InlineData(AccountSasPermissions.List, "reading")]
    [InlineData(AccountSasPermissions.Read | AccountSasPermissions.Create | AccountSasPermissions.Write, "listing")]
    public async Task A_signature_without_a_permission_is_an_error_that_names_it(AccountSasPermissions permissions, string missing)
    {
        var store = WithSas(Sas(permissions));

        var error = missing == "listing"
            ? await FailAsync(store, () => store.ListAsync(null, null, Cancellation).ToListAsync(Cancellation).AsTask())
            : await FailAsync(store);

        Assert.Equal("UTAF1318", error.Diagnostic.Code);
        Assert.Contains($"does not allow {missing}", error.Message, StringComparison.Ordinal);
        Assert.Contains("sp=rcwl", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whether_a_signature_may_write_is_found_out_before_there_is_something_to_write()
    {
        await WithSas(Sas(All)).RequireWritableAsync(Cancellation);
        var reader = WithSas(Sas(AccountSasPermissions.Read | AccountSasPermissions.List));
        Assert.Empty(await reader.ListAsync(null, null, Cancellation).ToListAsync(Cancellation));

        var error = await FailAsync(reader, () => reader.RequireWritableAsync(Cancellation));

        Assert.Equal("UTAF1318", error.Diagnostic.Code);
        Assert.Contains("does not allow writing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signature_of_another_key_is_refused()
    {
        var other = new StorageSharedKeyCredential(Azurite.Account, SampleKeys.Other);

        var error = await FailAsync(WithSas(Sas(All, credential: other)));

        // Azurite says AuthorizationFailure, as Azure does of a firewall; both causes are told.
        Assert.Equal("UTAF1318", error.Diagnostic.Code);
        Assert.Contains("firewall", error.Message, StringComparison.Ordinal);
        Assert.Contains("signed with a key that was not renewed since", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_string_with_another_key_is_refused()
    {
        var store = WithConnection(Azurite.Connection(service, SampleKeys.Other));

        var error = await FailAsync(store);

        Assert.Equal("UTAF1318", error.Diagnostic.Code);
        Assert.Contains("key belong together", error.Message, StringComparison.Ordinal);
        Assert.Contains("STORE_CONNECTION", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(SampleKeys.Other, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clock_that_is_off_is_told_with_both_times()
    {
        var late = new FixedTime(DateTimeOffset.UtcNow.AddHours(2));
        var store = FingerprintStores.Open(storage.Address, late, environment: name => name == "STORE_CONNECTION" ? Azurite.Connection(service, SampleKeys.Other) : null);

        var error = await FailAsync(store);

        Assert.Equal("UTAF1320", error.Diagnostic.Code);
        Assert.Contains($"{late.GetUtcNow():yyyy-MM-dd HH:mm:ss}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_permission_is_not_blamed_on_a_clock_that_is_off()
    {
        var refusing = new Scripted((request, _) => Refusal(request, HttpStatusCode.Forbidden, "AuthorizationPermissionMismatch"));
        var late = new FixedTime(DateTimeOffset.UtcNow.AddMinutes(6));

        var error = await FailAsync(FingerprintStores.Open(storage.Address, late, environment: storage.Variables.GetValueOrDefault, handler: refusing));

        Assert.Equal("UTAF1318", error.Diagnostic.Code);
    }

    [Fact]
    public async Task A_container_that_is_not_there_is_named_whatever_is_done()
    {
        var store = FingerprintStores.Open("azblob:?connection=STORE_CONNECTION&container=nowhere", environment: storage.Variables.GetValueOrDefault);
        var pair = new StoredPair("digits", "1", new string('0', 64));

        var errors = new[]
        {
            await FailAsync(store),
            await FailAsync(store, () => store.RequireWritableAsync(Cancellation)),
            await FailAsync(store, () => store.GetAsync(pair, Cancellation)),
            await FailAsync(store, () => store.ListAsync(null, null, Cancellation).ToListAsync(Cancellation).AsTask()),
        };

        Assert.All(errors, error => Assert.Equal("UTAF1321", error.Diagnostic.Code));
        Assert.All(errors, error => Assert.Contains("'nowhere'", error.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden, "AuthorizationPermissionMismatch", "UTAF1318", "HTTP 403, AuthorizationPermissionMismatch")]
    [InlineData(HttpStatusCode.Forbidden, "AuthenticationFailed", "UTAF1316", "STORE_CONNECTION")]
    [InlineData(HttpStatusCode.Unauthorized, "InvalidAuthenticationInfo", "UTAF1316", "HTTP 401, InvalidAuthenticationInfo")]
    [InlineData(HttpStatusCode.BadRequest, "InvalidUri", "UTAF1305", "HTTP 400, InvalidUri")]
    [InlineData(HttpStatusCode.BadRequest, null, "UTAF1305", "HTTP 400")]
    public async Task What_Azure_refuses_is_told_by_its_own_code(HttpStatusCode status, string? code, string expected, string told)
    {
        var refusing = new Scripted((request, _) => Refusal(request, status, code));
        var store = FingerprintStores.Open(storage.Address, environment: storage.Variables.GetValueOrDefault, handler: refusing);

        var error = await FailAsync(store);

        Assert.Equal(expected, error.Diagnostic.Code);
        Assert.Contains(told, error.Message, StringComparison.Ordinal);
    }

    private static HttpResponseMessage Refusal(HttpRequestMessage request, HttpStatusCode status, string? code)
    {
        var response = new HttpResponseMessage(status) { RequestMessage = request };
        response.Headers.Date = DateTimeOffset.UtcNow;
        if (code is not null)
        {
            response.Headers.Add("x-ms-error-code", code);
        }

        return response;
    }

    private static string Sas(
        AccountSasPermissions permissions, DateTimeOffset? start = null, DateTimeOffset? end = null, StorageSharedKeyCredential? credential = null)
    {
        var builder = new AccountSasBuilder(
            permissions, end ?? DateTimeOffset.UtcNow.AddHours(1), AccountSasServices.Blobs, AccountSasResourceTypes.Container | AccountSasResourceTypes.Object);
        if (start is { } from)
        {
            builder.StartsOn = from;
        }

        return builder.ToSasQueryParameters(credential ?? new StorageSharedKeyCredential(Azurite.Account, Azurite.Key)).ToString();
    }

    private static Task<UtafException> FailAsync(IFingerprintStore store) =>
        FailAsync(store, () => store.PutAsync(SamplePairs.Bytes(), null, Cancellation));

    private static async Task<UtafException> FailAsync(IFingerprintStore store, Func<Task> act)
    {
        var error = await Assert.ThrowsAsync<UtafException>(act);
        Assert.Equal(ExitCode.Environment, error.Diagnostic.ExitCode);
        Assert.Equal(store.Address, error.Diagnostic.Origin);
        Assert.DoesNotContain("sig=", error.ToString(), StringComparison.Ordinal);
        return error;
    }

    private IFingerprintStore WithSas(string sas) => FingerprintStores.Open(
        $"azblob://{Azurite.Account}/{storage.ContainerName}/releases/utaf?sas=STORE_SAS&endpoint={service.AbsoluteUri}",
        environment: name => name == "STORE_SAS" ? sas : null);

    private IFingerprintStore WithConnection(string connection) => FingerprintStores.Open(
        storage.Address, environment: name => name == "STORE_CONNECTION" ? connection : null);

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
