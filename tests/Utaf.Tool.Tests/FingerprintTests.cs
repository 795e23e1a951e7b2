using System.Text.Json;
using System.Text.Json.Nodes;
using Utaf.Commitments;
using Utaf.Fingerprints;
using Utaf.Tool.Tests.Support;

namespace Utaf.Tool.Tests;

/// <summary>The whole way with models and tables that a user brings.</summary>
public sealed class FingerprintTests : ToolTest
{
    private const string Epochs = "20";

    [Theory]
    [InlineData("mlp-scripted.pt", "regression")]
    [InlineData("classifier-logits.pt", "classification")]
    public async Task A_model_and_a_table_become_a_pair_that_verifies(string model, string task)
    {
        Write("data.csv", task == "regression" ? RegressionTable() : ClassTable());
        var text = await SucceedAsync([.. Command(model, task), "--name", "mine", "--version", "2.0"]);
        Assert.Contains("mine 2.0", text, StringComparison.Ordinal);
        Assert.Contains("AUC", text, StringComparison.Ordinal);
        Assert.Contains("No public data was given", text, StringComparison.Ordinal);

        Assert.Contains("mine@2.0", await SucceedAsync("list"), StringComparison.Ordinal);
        using var manifest = JsonDocument.Parse(await SucceedAsync("inspect", "mine@2.0", "--format", "json"));
        Assert.Equal(task, manifest.RootElement.GetProperty("manifest").GetProperty("task").GetString());
        using var evaluation = JsonDocument.Parse(await SucceedAsync("evaluate", "--model", "mine", "--plots", "plots", "--format", "json"));
        Assert.InRange(evaluation.RootElement.GetProperty("auc").GetDouble(), 0, 1);
        Assert.Equal(2, Directory.GetFiles(PathOf("plots")).Length);

        // The target itself is the surest of all suspects.
        var verdict = await RunAsync("verify", Fixture(model), "--model", "mine");
        Assert.True(verdict.ExitCode == 1, verdict.StandardOutput + verdict.StandardError);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_bytes_and_another_seed_others()
    {
        Write("data.csv", RegressionTable());
        string[] command = Command("mlp-scripted.pt", "regression");
        await SucceedAsync([.. command, "--ensemble", "a", "--store", "folder:a-store", "--pair", "a.utaf", "--seed", "5"]);
        await SucceedAsync([.. command, "--ensemble", "b", "--store", "folder:b-store", "--pair", "b.utaf", "--seed", "5"]);
        await SucceedAsync([.. command, "--ensemble", "c", "--store", "folder:c-store", "--pair", "c.utaf", "--seed", "6"]);

        Assert.Equal(File.ReadAllBytes(PathOf("a.utaf")), File.ReadAllBytes(PathOf("b.utaf")));
        Assert.NotEqual(File.ReadAllBytes(PathOf("a.utaf")), File.ReadAllBytes(PathOf("c.utaf")));

        // Again into the same store: it is there already, and the document says so.
        using var json = JsonDocument.Parse(await SucceedAsync([.. command, "--ensemble", "b", "--store", "folder:a-store", "--seed", "5", "--format", "json"]));
        Assert.False(json.RootElement.GetProperty("added").GetBoolean());
        Assert.Equal("mlp-scripted", json.RootElement.GetProperty("manifest").GetProperty("model").GetProperty("name").GetString());
    }

    [Fact]
    public async Task Threads_that_are_given_are_those_that_the_pair_names()
    {
        Write("data.csv", RegressionTable());
        string[] command = [.. Command("mlp-scripted.pt", "regression"), "--ensemble", "one", "--format", "json"];

        Assert.Equal(1, await ThreadsAsync([.. command, "--store", "folder:a-store"]));
        Assert.Equal(2, await ThreadsAsync([.. command, "--store", "folder:b-store", "--threads", "2"]));

        async Task<int> ThreadsAsync(string[] words)
        {
            using var json = JsonDocument.Parse(await SucceedAsync(words));
            return json.RootElement.GetProperty("manifest").GetProperty("training").GetProperty("threads").GetInt32();
        }
    }

    [Fact]
    public async Task A_pair_comes_with_a_public_commitment_whose_age_is_kept()
    {
        Write("data.csv", RegressionTable());
        string[] command = [.. Command("mlp-scripted.pt", "regression"), "--ensemble", "ensemble", "--name", "prices", "--pair"];
        Assert.Contains("prices.intoto.json", await SucceedAsync([.. command, "secret/pair.utaf"]), StringComparison.Ordinal);
        var statement = await File.ReadAllBytesAsync(PathOf("prices.intoto.json"), TestContext.Current.CancellationToken);
        var check = Opened(statement, "secret/pair.utaf");
        Assert.True(check.Matches, check.Detail);
        Assert.Equal("mlp-scripted.pt", JsonNode.Parse(statement)!["subject"]![0]!["name"]!.GetValue<string>());
        Assert.Contains("Commitment prices.intoto.json of ", await SucceedAsync("inspect", "prices"), StringComparison.Ordinal);

        // As if time had gone by: the same pair keeps its older statement.
        var pair = FingerprintPairFile.Read(PathOf("secret/pair.utaf"));
        var older = Commitment.Make(pair, File.ReadAllBytes(PathOf("secret/pair.utaf")), DateTimeOffset.UnixEpoch, "mlp-scripted.pt");
        await File.WriteAllBytesAsync(PathOf("prices.intoto.json"), older, TestContext.Current.CancellationToken);
        using (var again = JsonDocument.Parse(await SucceedAsync([.. command, "secret/pair.utaf", "--format", "json"])))
        {
            var facts = again.RootElement.GetProperty("commitment");
            Assert.False(facts.GetProperty("isNew").GetBoolean());
            Assert.Equal(DateTimeOffset.UnixEpoch, facts.GetProperty("createdUtc").GetDateTimeOffset());
        }

        Assert.Equal(older, File.ReadAllBytes(PathOf("prices.intoto.json")));

        // Another pair of the model: both statements stay, each with its pair.
        using (var other = JsonDocument.Parse(await SucceedAsync([.. command, "secret/other.utaf", "--examples", "20", "--format", "json"])))
        {
            var facts = other.RootElement.GetProperty("commitment");
            Assert.True(facts.GetProperty("isNew").GetBoolean());
            Assert.Equal(older, File.ReadAllBytes(PathOf(facts.GetProperty("putAside").GetString()!)));
            Assert.True(Opened(File.ReadAllBytes(PathOf("prices.intoto.json")), "secret/other.utaf").Matches);
        }

        using var inspected = JsonDocument.Parse(await SucceedAsync("inspect", "secret/pair.utaf", "--format", "json"));
        Assert.Equal(DateTimeOffset.UnixEpoch, inspected.RootElement.GetProperty("commitment").GetProperty("committedUtc").GetDateTimeOffset());
        var wrong = await SucceedAsync("inspect", "secret/pair.utaf", "--commitment", "prices.intoto.json");
        Assert.Contains("It differs in the pair: it commits to another one", wrong, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_file_where_the_commitment_goes_is_refused_before_any_work()
    {
        Write("data.csv", RegressionTable());
        Write("mine.json", "{}");
        await FailAsync("UTAF1333", 2, [.. Command("mlp-scripted.pt", "regression"), "--commitment", "mine.json"]);
        await FailAsync("UTAF1309", 3, [.. Command("mlp-scripted.pt", "regression"), "--commitment", "/proc/mine.json"]);
        FingerprintPairFile.Write(TinyPair.Make(), PathOf("tiny.utaf"));
        await FailAsync("UTAF1330", 2, "inspect", "tiny.utaf", "--commitment", "mine.json");
    }

    [Fact]
    public async Task The_ensemble_can_be_planned_built_and_asked_after()
    {
        Write("data.csv", RegressionTable());
        string[] options = [.. Command("mlp-scripted.pt", "regression")[1..]];
        var plan = await SucceedAsync(["ensemble", "plan", .. options]);
        Assert.Contains("weight-pruning", plan, StringComparison.Ordinal);
        using (var json = JsonDocument.Parse(await SucceedAsync(["ensemble", "plan", .. options, "--format", "json"])))
        {
            Assert.Equal(24, json.RootElement.GetProperty("members").GetArrayLength());
        }

        using (var before = JsonDocument.Parse(await SucceedAsync(["ensemble", "status", .. options, "--format", "json"])))
        {
            Assert.Equal(24, before.RootElement.GetProperty("missing").GetArrayLength());
        }

        Assert.False(Directory.Exists(PathOf(".utaf")), "asking after an ensemble must not start it");
        await SucceedAsync(["ensemble", "build", .. options]);
        using var after = JsonDocument.Parse(await SucceedAsync(["ensemble", "status", .. options, "--format", "json"]));
        Assert.Equal(24, after.RootElement.GetProperty("built").GetArrayLength());
        Assert.StartsWith(".utaf/ensembles/", after.RootElement.GetProperty("folder").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Listed_negatives_and_irrelevant_data_of_another_shape_join_the_ensemble()
    {
        Write("data.csv", RegressionTable());
        Write("other.csv", ClassTable());
        string[] options = [.. Command("mlp-scripted.pt", "regression")[1..], "--irrelevant", "other.csv", "--negatives", Fixture("frozen.pt")];
        using var json = JsonDocument.Parse(await SucceedAsync(["ensemble", "plan", .. options, "--format", "json"]));
        Assert.Equal(25, json.RootElement.GetProperty("members").GetArrayLength());
        Assert.Equal(3, json.RootElement.GetProperty("dataSha256").GetArrayLength());
    }

    [Theory]
    [InlineData("KILL")]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_run_that_is_stopped_in_stage_1_goes_on_where_it_was(string signal)
    {
        Write("data.csv", RegressionTable());
        string[] command = [.. Command("mlp-scripted.pt", "regression"), "--ensemble", "ensemble", "--pair", "pair.utaf"];
        using (var running = new RunningTool(Tool, Folder, command))
        {
            await running.UntilAsync(() => Members().Count >= 4);
            var exitCode = await running.SignalAsync(signal);
            if (signal != "KILL")
            {
                Assert.True(exitCode == 130, $"{exitCode}\n{running.Errors}");
                Assert.Contains("goes on from the members that are built", running.Errors, StringComparison.Ordinal);
                Assert.DoesNotContain(Entries(), entry => entry.Contains(".tmp", StringComparison.Ordinal));
            }
        }

        var stopped = Members();
        Assert.InRange(stopped.Count, 4, 23);
        Assert.False(File.Exists(PathOf("pair.utaf")));

        await SucceedAsync(command);
        var resumed = Members();
        Assert.Equal(24, resumed.Count);
        Assert.All(stopped, member => Assert.Equal(member.Value, resumed[member.Key]));

        await SucceedAsync([.. Command("mlp-scripted.pt", "regression"), "--ensemble", "uninterrupted", "--pair", "uninterrupted.utaf", "--store", "folder:other"]);
        Assert.Equal(File.ReadAllBytes(PathOf("uninterrupted.utaf")), File.ReadAllBytes(PathOf("pair.utaf")));
    }

    [Fact]
    public async Task Ctrl_C_in_stage_2_leaves_no_pair()
    {
        Write("data.csv", RegressionTable());
        using var running = new RunningTool(Tool, Folder, [.. Command("mlp-scripted.pt", "regression"), "--iterations", "1000000", "--pair", "pair.utaf"]);
        await running.UntilAsync(() => running.Errors.Contains("Stage 2, construction …", StringComparison.Ordinal));
        Assert.Equal(130, await running.SignalAsync("INT"));
        Assert.DoesNotContain(Entries(), entry => entry.Contains(".tmp", StringComparison.Ordinal) || entry.Contains(".utaf/store", StringComparison.Ordinal) || entry.Contains("pair.utaf", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_target_is_no_independent_model()
    {
        Write("data.csv", RegressionTable());
        await FailAsync("UTAF1407", 2, [.. Command("mlp-scripted.pt", "regression"), "--negatives", Fixture("mlp-traced.pt")]);
        Assert.DoesNotContain(Entries(), entry => entry.EndsWith(".safetensors", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_listed_model_that_does_not_fit_is_refused_before_anything_is_built()
    {
        Write("data.csv", RegressionTable());
        await FailAsync("UTAF1106", 2, [.. Command("mlp-scripted.pt", "regression"), "--negatives", Fixture("classifier-logits.pt")]);
        await FailAsync("UTAF1403", 2, [.. Command("mlp-scripted.pt", "regression"), "--negatives", Fixture("nan.pt")]);
        Assert.DoesNotContain(Entries(), entry => entry.EndsWith(".safetensors", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_pair_file_that_was_altered_is_refused_by_verify_and_inspect()
    {
        FingerprintPairFile.Write(TinyPair.Make(), PathOf("tiny.utaf"));
        var bytes = await File.ReadAllBytesAsync(PathOf("tiny.utaf"), TestContext.Current.CancellationToken);
        bytes[^3] ^= 1;
        await File.WriteAllBytesAsync(PathOf("tiny.utaf"), bytes, TestContext.Current.CancellationToken);

        await FailAsync("UTAF1302", 2, "verify", Fixture("mlp-scripted.pt"), "--pair", "tiny.utaf");
        await FailAsync("UTAF1302", 2, "inspect", "tiny.utaf");
    }

    [Fact]
    public async Task A_second_Ctrl_C_stops_at_once_even_within_a_suspect_that_never_answers()
    {
        FingerprintPairFile.Write(TinyPair.Make(), PathOf("tiny.utaf"));
        using var running = new RunningTool(Tool, Folder, "verify", Fixture("never-answers.pt"), "--pair", "tiny.utaf");
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);

        running.Signal("INT");
        await running.UntilAsync(() => running.Errors.Contains("once more to stop at once", StringComparison.Ordinal));

        Assert.Equal(130, await running.SignalAsync("INT"));
    }

    private static string[] Command(string model, string task) =>
        ["fingerprint", Fixture(model), "--data", "data.csv", "--task", task, "--profile", "quick", "--epochs", Epochs];

    private CommitmentCheck Opened(byte[] statement, string pairFile)
    {
        var bytes = File.ReadAllBytes(PathOf(pairFile));
        return Commitment.Check(statement, FingerprintPairFile.Deserialise(bytes, pairFile), bytes, firstQuery: null, "statement");
    }

    /// <summary>The finished members and when they were written.</summary>
    private Dictionary<string, DateTime> Members()
    {
        var folder = new DirectoryInfo(PathOf("ensemble/members"));
        return folder.Exists
            ? folder.EnumerateFiles("*.safetensors").ToDictionary(file => file.Name, file => file.LastWriteTimeUtc)
            : [];
    }
}
