using System.Diagnostics;
using Utaf.Pipeline.Tests.Peers;
using Utaf.Tests;

namespace Utaf.Packages.Tests.Support;

/// <summary>A real Slurm of one node with two processors, as root; skipped where there is none.</summary>
internal sealed class SlurmCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly TemporaryFolder folder = new();
    private readonly List<Process> daemons = [];

    private SlurmCluster()
    {
    }

    private Dictionary<string, string?> Variables => new() { ["SLURM_CONF"] = folder.File("slurm.conf") };

    /// <summary>Starts it.</summary>
    public static async Task<SlurmCluster> StartAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "Slurm's daemons start tasks as any user, so they need root.");
        Peers.Require(File.Exists("/usr/sbin/slurmctld") && File.Exists("/usr/sbin/munged"), "There is no Slurm: build/peers.sh installs it.");
        var cluster = new SlurmCluster();
        try
        {
            await cluster.StartDaemonsAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a command of Slurm's.</summary>
    public Task<ShellResult> RunAsync(string where, string command, IReadOnlyDictionary<string, string?> environment, params string[] arguments) =>
        Shell.RunAsync(command, arguments, where, environment.Concat(Variables).ToDictionary());

    /// <summary>What the daemons have logged.</summary>
    public string Log => string.Join('\n', Directory.GetFiles(folder.Path, "*.log").Select(File.ReadAllText));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var daemon in daemons)
        {
            if (!daemon.HasExited)
            {
                daemon.Kill(entireProcessTree: true);
                await daemon.WaitForExitAsync(CancellationToken.None);
            }

            daemon.Dispose();
        }

        folder.Dispose();
    }

    private async Task StartDaemonsAsync()
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException();
        }

        var host = (await Shell.RunAsync("hostname", ["-s"], folder.Path)).MustEndWith(0).Output.Trim();
        foreach (var name in (string[])["state", "spool", "munge"])
        {
            Directory.CreateDirectory(folder.File(name));
        }

        // Munge asks that nobody else can write where its key and its socket are; the key is this cluster's own.
        await File.WriteAllBytesAsync(folder.File("munge/key"), System.Security.Cryptography.RandomNumberGenerator.GetBytes(128), TestContext.Current.CancellationToken);
        File.SetUnixFileMode(folder.File("munge/key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        const UnixFileMode open = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        File.SetUnixFileMode(folder.Path, open);
        File.SetUnixFileMode(folder.File("munge"), open);
        var socket = folder.File("munge/socket");
        Start(
            "/usr/sbin/munged",
            "--foreground", "--force", $"--key-file={folder.File("munge/key")}", $"--socket={socket}", $"--pid-file={folder.File("munge/pid")}",
            $"--log-file={folder.File("munge.log")}", $"--seed-file={folder.File("munge/seed")}");
        await UntilAsync(() => Task.FromResult(File.Exists(socket)));

        var (controller, node) = (PeerProcess.FreePort(), PeerProcess.FreePort());
        await File.WriteAllTextAsync(
            folder.File("slurm.conf"),
            $"""
            ClusterName=utaf
            SlurmctldHost={host}(127.0.0.1)
            SlurmctldPort={controller}
            SlurmdPort={node}
            AuthType=auth/munge
            AuthInfo=socket={socket}
            SlurmUser=root
            SlurmdUser=root
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            SelectType=select/cons_tres
            SelectTypeParameters=CR_CPU
            MpiDefault=none
            ReturnToService=2
            JobRequeue=1
            SchedulerParameters=batch_sched_delay=0,sched_interval=2
            StateSaveLocation={folder.File("state")}
            SlurmdSpoolDir={folder.File("spool")}
            SlurmctldPidFile={folder.File("slurmctld.pid")}
            SlurmdPidFile={folder.File("slurmd.pid")}
            SlurmctldLogFile={folder.File("slurmctld.log")}
            SlurmdLogFile={folder.File("slurmd.log")}
            NodeName={host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
            PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP

            """,
            TestContext.Current.CancellationToken);
        Start("/usr/sbin/slurmctld", "-D", "-i", "-f", folder.File("slurm.conf"));
        Start("/usr/sbin/slurmd", "-D", "-f", folder.File("slurm.conf"));
        await UntilAsync(async () => (await RunAsync(folder.Path, "sinfo", new Dictionary<string, string?>(), "--noheader", "--format=%t")).Output.Trim() == "idle");
    }

    private void Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder.Path };
        foreach (var (name, value) in Variables)
        {
            start.Environment[name] = value;
        }

        daemons.Add(Process.Start(start)!);
    }

    private async Task UntilAsync(Func<Task<bool>> holds)
    {
        var end = DateTime.UtcNow + Patience;
        while (!await holds())
        {
            Assert.True(DateTime.UtcNow < end, $"Slurm did not start:\n{Log}");
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }
}
