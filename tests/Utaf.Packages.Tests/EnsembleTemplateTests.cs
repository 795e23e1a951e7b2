using System.Security.Cryptography;
using Utaf.Packages.Tests.Action;
using Utaf.Packages.Tests.Support;
using Utaf.Tests;
using YamlDotNet.RepresentationModel;

namespace Utaf.Packages.Tests;

/// <summary>An ensemble that many machines build, as the template sets them up: a real Slurm's, and the commands of the others.</summary>
public sealed class EnsembleTemplateTests(LocalFeed feed, InstalledTool tool) : IClassFixture<InstalledTool>, IDisposable
{
    private const int Shards = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly TemporaryFolder folder = new();
    private int epochs = 2;

    private string Made => folder.File("made");

    /// <summary>The tool on the PATH, and an ensemble of seconds.</summary>
    private Dictionary<string, string?> Variables => new(tool.Variables)
    {
        ["DOTNET_CLI_HOME"] = folder.File("home"),
        ["NUGET_PACKAGES"] = feed.Cache,
        ["UTAF_PROFILE"] = "quick",
        ["UTAF_IMAGE_SHAPE"] = "1,8,8",
        ["UTAF_EPOCHS"] = $"{epochs}",
    };

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_Slurm_array_of_which_one_task_is_killed_builds_what_one_process_builds()
    {
        // Long enough for a task to be killed while it works.
        epochs = 20;
        await MakeAsync();
        await using var slurm = await SlurmCluster.StartAsync();
        var job = (await slurm.RunAsync(Made, "sbatch", Variables, "--parsable", $"--array=0-{Shards - 1}", "utaf-ensemble.slurm")).MustEndWith(0).Output.Trim();

        // The second task has built a member when it is killed, as by a node that fails; then it is queued again.
        string Log(int task) => Path.Combine(Made, $"utaf-ensemble-{job}-{task}.log");
        await UntilAsync(() => Task.FromResult(File.Exists(Log(1)) && File.ReadAllText(Log(1)).Contains("ensemble: ", StringComparison.Ordinal)), slurm);
        (await slurm.RunAsync(Made, "scancel", Variables, "--signal=KILL", "--full", $"{job}_1")).MustEndWith(0);
        await UntilAsync(async () => (await slurm.RunAsync(Made, "scontrol", Variables, "show", "job", $"{job}_1")).Output.Contains("JobState=CANCELLED", StringComparison.Ordinal), slurm);
        Assert.Contains("of 24", (await tool.RunAsync(Made, "ensemble", "status", "--profile=quick", "--image-shape=1,8,8", $"--epochs={epochs}")).MustEndWith(0).Output, StringComparison.Ordinal);
        (await slurm.RunAsync(Made, "scontrol", Variables, "requeue", $"{job}_1")).MustEndWith(0);

        // Slurm would wait two minutes before it starts it again.
        (await slurm.RunAsync(Made, "scontrol", Variables, "update", $"JobId={job}_1", "StartTime=now")).MustEndWith(0);
        await UntilAsync(async () => (await slurm.RunAsync(Made, "squeue", Variables, "--noheader")).MustEndWith(0).Output.Trim().Length == 0, slurm);

        await ExpectTheSameAsOneProcessAsync();
        Assert.All(Enumerable.Range(0, Shards), task => Assert.Contains("Built", File.ReadAllText(Log(task)), StringComparison.Ordinal));
        var fingerprint = await Shell.RunAsync("dotnet", ["utaf", "fingerprint", "--no-build", "--examples", "10", "--iterations", "5"], Made, Variables);
        Assert.DoesNotContain("Stage 1", fingerprint.MustEndWith(0).All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_pods_of_an_indexed_job_build_what_one_process_builds()
    {
        await MakeAsync();
        var yaml = new YamlStream();
        using (var reader = File.OpenText(Path.Combine(Made, "utaf-ensemble.k8s.yaml")))
        {
            yaml.Load(reader);
        }

        var root = yaml.Documents[0].RootNode;
        Assert.Equal(("batch/v1", "Job", "Indexed"), (Text(root["apiVersion"]), Text(root["kind"]), Text(root["spec"]["completionMode"])));
        Assert.Equal(($"{Shards}", $"{Shards}"), (Text(root["spec"]["completions"]), Text(root["spec"]["parallelism"])));
        var pod = root["spec"]["template"]["spec"];
        Assert.Equal(Text(pod["volumes"][0]["name"]), Text(pod["containers"][0]["volumeMounts"][0]["name"]));
        Assert.Equal(("models", "registry.local/utaf:1"), (Text(pod["volumes"][0]["persistentVolumeClaim"]["claimName"]), Text(pod["containers"][0]["image"])));
        string[] command = [.. ((YamlSequenceNode)pod["containers"][0]["command"]).Select(Text)];

        var pods = Enumerable.Range(0, Shards).Select(index =>
            Shell.RunAsync(command[0], command[1..], Made, new Dictionary<string, string?>(Variables) { ["JOB_COMPLETION_INDEX"] = $"{index}" }));
        Assert.All(await Task.WhenAll(pods), result => result.MustEndWith(0));

        await ExpectTheSameAsOneProcessAsync();
    }

    [Fact]
    public async Task The_workflow_passes_the_linters_and_its_jobs_share_members()
    {
        await MakeAsync();
        var workflow = Path.Combine(Made, ".github", "workflows", "utaf-ensemble.yml");
        (await Linters.ValidateAsync(workflow, folder.Path)).MustEndWith(0);
        (await Linters.ActionLintAsync(workflow)).MustEndWith(0);
        (await Linters.LanguageServiceAsync(workflow, folder.Path)).MustEndWith(0);
        var text = await File.ReadAllTextAsync(workflow, TestContext.Current.CancellationToken);
        Assert.DoesNotContain("UTAF_SHA", text, StringComparison.Ordinal);

        // Each job on a machine of its own, with nothing but the checkout and the shared members.
        Task<ShellResult> RunAsync(string job, string name, string script, Dictionary<string, string?> environment)
        {
            Directory.CreateDirectory(folder.File(job));
            foreach (var file in (string[])["utaf.json", "target.pt", "owner.csv.gz"])
            {
                File.Copy(Path.Combine(Made, file), Path.Combine(folder.File(job), file), overwrite: true);
            }

            feed.Configure(folder.File(job));
            var variables = Variables.Concat(environment).Append(new("UTAF_MEMBERS", $"folder:{folder.File("shared")}")).ToDictionary();
            Assert.Contains(name, text, StringComparison.Ordinal);
            return Shell.RunAsync("bash", ["-e", "-c", script], folder.File(job), variables);
        }

        var steps = Linters.Steps(workflow).Where(step => Linters.Text(step, "run") is not null).ToDictionary(step => Linters.Text(step, "name")!, step => Linters.Text(step, "run")!);
        var output = folder.File("output");
        (await RunAsync("plan", "Plan", steps["Plan"], new() { ["GITHUB_OUTPUT"] = output })).MustEndWith(0);
        var matrix = (await File.ReadAllTextAsync(output, TestContext.Current.CancellationToken)).Trim();
        Assert.Equal("""matrix={"shard":["0/4","1/4","2/4","3/4"]}""", matrix);
        for (var i = 0; i < Shards; i++)
        {
            (await RunAsync($"shard{i}", "Build the shard", steps["Build the shard"], new() { ["SHARD"] = $"{i}/{Shards}" })).MustEndWith(0);
        }

        var last = await RunAsync("fingerprint", "--no-build", "dotnet utaf fingerprint --no-build --examples 10 --iterations 5", []);
        Assert.Contains("24 members were fetched", last.MustEndWith(0).All, StringComparison.Ordinal);
    }

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;

    private static async Task UntilAsync(Func<Task<bool>> holds, SlurmCluster slurm)
    {
        var end = DateTime.UtcNow + Patience;
        while (!await holds())
        {
            Assert.True(DateTime.UtcNow < end, $"Slurm did not come so far:\n{slurm.Log}");
            await Task.Delay(250, TestContext.Current.CancellationToken);
        }
    }

    private async Task ExpectTheSameAsOneProcessAsync()
    {
        (await Shell.RunAsync("dotnet", ["utaf", "ensemble", "build", "--ensemble", "alone", "--no-pool"], Made, Variables)).MustEndWith(0);
        var ensembles = Directory.GetDirectories(Path.Combine(Made, ".utaf", "ensembles")).Where(folder => Path.GetFileName(folder) != "negatives");
        Assert.Equal(Members(Path.Combine(Made, "alone")), Members(Assert.Single(ensembles)));

        static List<(string Name, string Sha256)> Members(string ensemble) =>
        [
            .. Directory.GetFiles(Path.Combine(ensemble, "members"))
                .Order(StringComparer.Ordinal)
                .Select(file => (Path.GetFileName(file), Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))))),
        ];
    }

    /// <summary>The sample with its configuration and the template's files.</summary>
    private async Task MakeAsync()
    {
        async Task DotnetAsync(params string[] arguments) => (await Shell.RunAsync("dotnet", arguments, folder.Path, Variables)).MustEndWith(0);
        await DotnetAsync("new", "install", feed.Package("Utaf.Templates"));
        await DotnetAsync("new", "utaf-config", "--model-name", "digits", "--model-file", "target.pt", "--data", "owner.csv.gz", "--output", Made);
        await DotnetAsync(
            "new", "utaf-ensemble", "--shards", $"{Shards}", "--device", "cpu", "--claim", "models", "--image", "registry.local/utaf:1", "--output", Made,
            "--utaf-version", feed.Version, "--action", "octo-org/utaf@v1.2.3", "--runner", "self-hosted, linux");
        foreach (var name in (string[])["target.pt", "owner.csv.gz"])
        {
            File.Copy(Repository.File("samples", "digits", name), Path.Combine(Made, name));
        }
    }
}
