using System.Text;
using Utaf.Commitments;
using Utaf.Fingerprints;

namespace Utaf.Tests.Commitments;

public sealed class CommitmentFilesTests : IDisposable
{
    private static readonly byte[] PairBytes = SamplePairs.Bytes();
    private static readonly FingerprintPair Pair = FingerprintPairFile.Deserialise(PairBytes, "pair");
    private static readonly byte[] OtherBytes = SamplePairs.Bytes(seed: 8);
    private static readonly FingerprintPair Other = FingerprintPairFile.Deserialise(OtherBytes, "other");

    private readonly TemporaryFolder folder = new();

    private string Path => folder.File("digits.intoto.json");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_new_commitment_is_written_and_matches()
    {
        var kept = CommitmentFiles.Keep(Path, Pair, PairBytes, "digits.pt", new Clock(2026));
        Assert.True(kept.IsNew);
        Assert.Null(kept.PutAside);
        Assert.Equal(2026, kept.CreatedUtc.Year);
        Assert.Equal(kept.Bytes, File.ReadAllBytes(Path));
        Assert.True(Check(kept.Bytes).Matches);
    }

    [Fact]
    public void An_older_commitment_of_the_same_pair_stands()
    {
        var first = CommitmentFiles.Keep(Path, Pair, PairBytes, "digits.pt", new Clock(2026));
        var again = CommitmentFiles.Keep(Path, Pair, PairBytes, "digits.pt", new Clock(2027));
        Assert.False(again.IsNew);
        Assert.Equal(first.CreatedUtc, again.CreatedUtc);
        Assert.Equal(first.Bytes, File.ReadAllBytes(Path));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void The_commitment_of_another_pair_is_put_aside_and_still_found()
    {
        var first = CommitmentFiles.Keep(Path, Other, OtherBytes, "digits.pt", new Clock(2025));
        var second = CommitmentFiles.Keep(Path, Pair, PairBytes, "digits.pt", new Clock(2026));
        Assert.True(second.IsNew);
        Assert.Equal(first.Bytes, File.ReadAllBytes(second.PutAside!));

        // And back again: nothing is lost, and the older one is not made anew.
        var third = CommitmentFiles.Keep(Path, Other, OtherBytes, "digits.pt", new Clock(2027), earlier: File.ReadAllBytes(second.PutAside!));
        Assert.False(third.IsNew);
        Assert.Equal(2025, third.CreatedUtc.Year);
        Assert.Equal(second.Bytes, CommitmentFiles.Find(null, folder.File("pair.utaf"), Pair, PairBytes)!.Bytes);
        Assert.Equal(first.Bytes, CommitmentFiles.Find(null, folder.File("pair.utaf"), Other, OtherBytes)!.Bytes);
    }

    [Fact]
    public void An_older_one_from_elsewhere_takes_the_place_of_a_younger_one()
    {
        CommitmentFiles.Keep(Path, Pair, PairBytes, "digits.pt", new Clock(2027));
        var stored = Commitment.Make(Pair, PairBytes, new Clock(2026).GetUtcNow(), "digits.pt");
        var kept = CommitmentFiles.Keep(Path, Pair, PairBytes, "digits.pt", new Clock(2028), earlier: stored);
        Assert.Equal((2026, false), (kept.CreatedUtc.Year, kept.IsNew));
        Assert.Equal(stored, File.ReadAllBytes(Path));
    }

    [Fact]
    public void An_altered_commitment_does_not_stand_for_an_older_one()
    {
        CommitmentFiles.Keep(Path, Pair, PairBytes, "digits.pt", new Clock(2026));
        File.WriteAllText(Path, File.ReadAllText(Path).Replace("2026", "2020", StringComparison.Ordinal));
        var kept = CommitmentFiles.Keep(Path, Pair, PairBytes, "digits.pt", new Clock(2027));
        Assert.Equal((2027, true), (kept.CreatedUtc.Year, kept.IsNew));
        Assert.True(Check(CommitmentFiles.Find(null, folder.File("pair.utaf"), Pair, PairBytes)!.Bytes).Matches);
    }

    [Fact]
    public void Another_file_in_its_place_is_refused_and_left_alone()
    {
        File.WriteAllText(Path, "mine");
        foreach (var act in (Action[])[
            () => CommitmentFiles.RequirePlace(Path),
            () => CommitmentFiles.Keep(Path, Pair, PairBytes, "digits.pt", new Clock(2026))])
        {
            Assert.Equal("UTAF1333", Assert.Throws<UtafException>(act).Diagnostic.Code);
        }

        Assert.Equal("mine", File.ReadAllText(Path));
        CommitmentFiles.RequirePlace(folder.File("free.intoto.json"));
    }

    [Theory]
    [InlineData("prices.intoto.json")]
    [InlineData("digits.intoto.json")]
    [InlineData("digits-1.2.0.intoto.json")]
    public void The_commitment_beside_a_pair_is_found_under_the_names_it_may_have(string name)
    {
        var made = Commitment.Make(Pair, PairBytes, new Clock(2026).GetUtcNow(), "digits.pt");
        File.WriteAllBytes(folder.File(name), made);
        File.WriteAllText(folder.File("digits.notes.intoto.json"), "{}");
        File.WriteAllText(folder.File("digits.sbom.intoto.json"), Encoding.UTF8.GetString(made).Replace(Commitment.PredicateType, "https://spdx.dev/Document", StringComparison.Ordinal));
        var found = CommitmentFiles.Find(null, folder.File("prices.utaf"), Pair, PairBytes);
        Assert.Equal(folder.File(name), found!.Place);
        Assert.Equal(made, found.Bytes);
        Assert.Null(CommitmentFiles.Find(null, folder.File("prices.utaf"), Other, OtherBytes));
    }

    [Fact]
    public void The_chosen_file_is_taken_whatever_it_says_and_must_be_there()
    {
        File.WriteAllText(Path, "anything");
        Assert.Equal("anything"u8.ToArray(), CommitmentFiles.Find(Path, null, Pair, PairBytes)!.Bytes);
        Assert.Equal("UTAF1002", Assert.Throws<UtafException>(() => CommitmentFiles.Find(folder.File("nowhere"), null, Pair, PairBytes)).Diagnostic.Code);
    }

    private static CommitmentCheck Check(byte[] statement) => Commitment.Check(statement, Pair, PairBytes, null, "here");

    private sealed class Clock(int year) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(year, 3, 1, 0, 0, 0, TimeSpan.Zero);
    }
}
