using System.Text.Json;
using Utaf.Tool.Tests.Support;

namespace Utaf.Tool.Tests;

/// <summary>Two versions of the sample's model, whose weights have nothing in common.</summary>
public sealed class NegativePoolTests : ToolTest
{
    private const string Pool = ".utaf/ensembles/negatives";
    private const string Taken = "12 honest members were taken from ";

    private static string[] First { get; } = Options("target.pt");

    private static string[] Second { get; } = Options("suspects/independent-1.pt");

    [Fact]
    public async Task The_second_version_takes_its_honest_members_from_the_first()
    {
        await SucceedAsync(["ensemble", "build", .. Second, "--ensemble", "scratch", "--no-pool"]);
        Assert.False(Directory.Exists(PathOf(".utaf")));
        var first = await RunAsync(["ensemble", "build", .. First]);
        Assert.DoesNotContain("were taken from", first.StandardError, StringComparison.Ordinal);
        Assert.Equal(12, Directory.GetFiles(PathOf(Pool)).Length);

        using var status = JsonDocument.Parse(await SucceedAsync(["ensemble", "status", .. Second, "--format", "json"]));
        Assert.Equal(24, status.RootElement.GetProperty("missing").GetArrayLength());
        var second = await RunAsync(["fingerprint", .. Second, "--ensemble", "second", "--examples", "10", "--iterations", "5"]);

        Assert.True(second.ExitCode == 0, second.StandardError);
        Assert.Contains(Taken, second.StandardError, StringComparison.Ordinal);
        Assert.Equal(Members("scratch"), Members("second"));
    }

    [Fact]
    public async Task Machines_share_honest_members_of_all_versions()
    {
        string[] storage = ["--members", "folder:shared"];
        await SucceedAsync(["ensemble", "build", .. First, .. storage, "--ensemble", "first", "--jobs", "2"]);
        Assert.Equal(12, Directory.GetFiles(PathOf("shared/negatives")).Length);
        Assert.Equal(12, Directory.GetFiles(PathOf("shared"), "*", SearchOption.AllDirectories).Length - 12);

        // Another machine, with another version; of what it finds one is damaged.
        Directory.Delete(PathOf(".utaf"), recursive: true);
        var damaged = Directory.GetFiles(PathOf("shared/negatives"))[0];
        var sound = await File.ReadAllBytesAsync(damaged, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(damaged, [.. sound[..^3], 1, 2, 3], TestContext.Current.CancellationToken);
        var shard = await RunAsync(["ensemble", "build", .. Second, .. storage, "--ensemble", "second"]);

        Assert.True(shard.ExitCode == 0, shard.StandardError);
        Assert.Contains("11 members were fetched from folder:", shard.StandardError, StringComparison.Ordinal);
        Assert.Contains("11 of them honest ones", shard.StandardError, StringComparison.Ordinal);
        Assert.Contains($"negatives/{Path.GetFileNameWithoutExtension(damaged)} in folder:", shard.StandardError, StringComparison.Ordinal);
        Assert.Contains("is damaged and is not used", shard.StandardError, StringComparison.Ordinal);
        Assert.Equal(sound, await File.ReadAllBytesAsync(damaged, TestContext.Current.CancellationToken));

        // A third finds all of it, and builds nothing.
        Directory.Delete(PathOf(".utaf"), recursive: true);
        var last = await RunAsync(["fingerprint", .. Second, .. storage, "--ensemble", "third", "--no-build", "--examples", "10", "--iterations", "5"]);
        Assert.True(last.ExitCode == 0, last.StandardError);
        Assert.Contains("24 members were fetched", last.StandardError, StringComparison.Ordinal);
        Assert.Equal(Members("second"), Members("third"));
    }

    [Fact]
    public async Task What_a_machine_has_in_its_pool_is_left_to_the_others()
    {
        await SucceedAsync(["ensemble", "build", .. First]);
        await SucceedAsync(["ensemble", "build", .. Second, "--members", "folder:shared", "--shard", "0/2"]);

        Directory.Delete(PathOf(".utaf"), recursive: true);
        var other = await RunAsync(["ensemble", "build", .. Second, "--members", "folder:shared", "--shard", "0/2"]);
        Assert.Contains("12 members were fetched from folder:", other.StandardError, StringComparison.Ordinal);
        Assert.Contains("Shard 0/2 is complete", other.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_file_of_the_pool_is_told_and_its_member_built_again()
    {
        await SucceedAsync(["ensemble", "build", .. First]);
        var damaged = Directory.GetFiles(PathOf(Pool))[5];
        var sound = await File.ReadAllBytesAsync(damaged, TestContext.Current.CancellationToken);
        File.Delete(damaged);
        await File.WriteAllBytesAsync(damaged, sound[..^1], TestContext.Current.CancellationToken);

        var second = await RunAsync(["ensemble", "build", .. Second]);

        Assert.Contains("11 honest members were taken from", second.StandardError, StringComparison.Ordinal);
        Assert.Contains($"{Path.GetFileName(damaged)} is damaged and is not used", second.StandardError, StringComparison.Ordinal);
        Assert.Equal(sound, await File.ReadAllBytesAsync(damaged, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_pool_that_cannot_be_written_is_told_once_and_does_not_stop_the_work()
    {
        Directory.CreateDirectory(PathOf(".utaf/ensembles"));
        Write(Pool, "a file");

        var built = await RunAsync(["ensemble", "build", .. First]);

        Assert.Equal(0, built.ExitCode);
        Assert.Single(built.StandardError.Split('\n'), line => line.Contains("Honest members are not kept", StringComparison.Ordinal));
    }

    private static string[] Options(string model) =>
        [Digits(model), "--data", Digits("owner.csv.gz"), "--public", Digits("public.csv.gz"), "--image-shape", "1,8,8", "--profile", "quick", "--epochs", "1"];

    private List<string> Members(string ensemble) =>
    [
        .. Directory.GetFiles(PathOf($"{ensemble}/members"))
            .Order(StringComparer.Ordinal)
            .Select(file => $"{Path.GetFileName(file)} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}"),
    ];
}
