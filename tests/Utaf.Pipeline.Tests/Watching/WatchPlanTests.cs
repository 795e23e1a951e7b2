using Microsoft.Extensions.Time.Testing;
using Utaf.Configuration;
using Utaf.Stores;
using Utaf.Tests;
using Utaf.Watching;

namespace Utaf.Pipeline.Tests.Watching;

/// <summary>Which suspects meet which pairs.</summary>
public sealed class WatchPlanTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 5, 4, 12, 0, 0, TimeSpan.Zero));
    private readonly IFingerprintStore store;

    public WatchPlanTests() => store = FingerprintStores.Open($"folder:{folder.Path}", time, environment: _ => null);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_suspect_meets_the_newest_pair_of_every_version_of_its_model()
    {
        await PutAsync("digits", "1.0.0", seed: 1);
        var second = await PutAsync("digits", "1.0.0", seed: 2);
        var next = await PutAsync("digits", "2.0.0", seed: 1);
        var prices = await PutAsync("prices", "1.0.0", seed: 1);

        var plan = await PlanAsync([Suspect("a", "digits"), Suspect("b", "prices"), Suspect("c", null)], usualModel: "digits");

        Assert.Equal(
            [("a", second), ("a", next), ("b", prices), ("c", second), ("c", next)],
            plan.Select(item => (item.Suspect.Name, item.Pair.Sha256)));
        Assert.All(plan, item => Assert.NotNull(item.Pair.Manifest));
    }

    [Fact]
    public async Task The_stores_only_model_is_meant_where_none_is_named()
    {
        var only = await PutAsync("digits", "1.0.0", seed: 1);
        Assert.Equal(only, Assert.Single(await PlanAsync([Suspect("a", null)])).Pair.Sha256);
    }

    [Fact]
    public async Task A_pair_without_a_manifest_beside_it_is_opened_for_its_own()
    {
        await PutAsync("digits", "1.0.0", seed: 1);
        File.Delete(Directory.GetFiles(folder.Path, "*.json", SearchOption.AllDirectories).Single());
        Assert.Equal("digits", Assert.Single(await PlanAsync([Suspect("a", null)])).Pair.Manifest!.Model.Name);
    }

    [Fact]
    public async Task A_model_that_is_not_said_or_not_there_is_an_error_that_lists_what_is()
    {
        Assert.Equal("UTAF1304", (await ErrorAsync(Suspect("a", null))).Code);

        await PutAsync("digits", "1.0.0", seed: 1);
        await PutAsync("prices", "1.0.0", seed: 1);
        Assert.Equal("UTAF1304", (await ErrorAsync(Suspect("a", "nobody's"))).Code);
        var unclear = await ErrorAsync(Suspect("a", null) with { Position = new SourcePosition("utaf.json", 5, 7) });
        Assert.Equal(("UTAF1663", "utaf.json(5,7)"), (unclear.Code, unclear.Origin));
        Assert.Contains("digits, prices", unclear.Message, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private static SuspectSettings Suspect(string name, string? model) => new() { Name = name, Model = model, Path = "a.pt" };

    private async Task<string> PutAsync(string model, string version, ulong seed)
    {
        time.Advance(TimeSpan.FromMinutes(1));
        return (await store.PutAsync(SamplePairs.Bytes(model, version, seed), null, Cancellation)).Sha256;
    }

    private Task<IReadOnlyList<WatchItem>> PlanAsync(IReadOnlyList<SuspectSettings> suspects, string? usualModel = null) =>
        WatchPlan.MakeAsync(suspects, store, usualModel, Cancellation);

    private async Task<Diagnostic> ErrorAsync(SuspectSettings suspect) =>
        (await Assert.ThrowsAsync<UtafException>(() => PlanAsync([suspect]))).Diagnostic;
}
