using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Utaf.MSBuild.Text;
using Utaf.MSBuild.Tool;

namespace Utaf.MSBuild;

/// <summary>
/// Runs the tool in a process of its own, so that torch never enters MSBuild's. The tool has the environment of the build, where
/// secrets are; no argument ever holds one, so that none is in a log.
/// </summary>
public abstract class UtafToolTask : ToolTask
{
    private const int RememberedLines = 5;
    private const string StoppingAlready = "Stopping;";
    private static readonly TimeSpan PatienceForTerminal = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan PatienceForStop = TimeSpan.FromSeconds(10);

    private readonly Queue<string> lastWords = new();
    private FoundTool? tool;
    private Process? running;
    private volatile bool stopping;
    private volatile bool cancelled;

    /// <summary>The tool, or its folder; empty to look for it.</summary>
    public string? UtafToolPath { get; set; }

    /// <summary>The project's file: the tool runs in its folder, and what has no file of its own is told there.</summary>
    [Required]
    public string ProjectFile { get; set; } = "";

    /// <summary>The store's address; empty for the tool's own choice.</summary>
    public string? Store { get; set; }

    /// <summary>Where torch computes: auto, cpu, cuda or cuda:N; empty for the tool's own choice.</summary>
    public string? Device { get; set; }

    /// <summary>How much the tool says: quiet, minimal, normal, detailed or diagnostic.</summary>
    public string? Verbosity { get; set; }

    /// <summary>More arguments for the tool, as they are.</summary>
    public string? MoreArguments { get; set; }

    /// <inheritdoc/>
    protected override string ToolName => "dotnet-utaf";

    /// <summary>The tool writes UTF-8 whatever the console has.</summary>
    protected override Encoding StandardOutputEncoding => new UTF8Encoding(false);

    /// <inheritdoc cref="StandardOutputEncoding"/>
    protected override Encoding StandardErrorEncoding => StandardOutputEncoding;

    /// <summary>Whether the build was stopped.</summary>
    private protected bool IsStopped => cancelled;

    /// <summary>What is done, for messages.</summary>
    private protected abstract string Purpose { get; }

    /// <summary>The command and its options.</summary>
    private protected abstract IEnumerable<string> Command { get; }

    /// <summary>What may follow all options: arguments that begin with a hyphen.</summary>
    private protected virtual IEnumerable<string> Arguments => [];

    /// <summary>The project's folder.</summary>
    private protected string Folder => Path.GetDirectoryName(Path.GetFullPath(ProjectFile))!;

    /// <inheritdoc/>
    protected override bool ValidateParameters() => Find() && KnowsVersion() && base.ValidateParameters();

    /// <inheritdoc/>
    protected override string GenerateFullPathToTool() => tool!.Program;

    /// <inheritdoc/>
    protected override string GetWorkingDirectory() => Folder;

    /// <inheritdoc/>
    protected override string GenerateCommandLineCommands()
    {
        var common = new[] { ("--store", Store), ("--device", Device), ("--verbosity", Verbosity) }
            .Where(option => option.Item2 is { Length: > 0 })
            .Select(option => $"{option.Item1}={option.Item2}");
        var words = CommandLineText.Of(tool!.Words.Concat(Command).Concat(common));
        var last = Arguments.Any() ? CommandLineText.Of(Arguments.Prepend("--")) : "";
        return string.Join(" ", new[] { words, MoreArguments ?? "", last }.Where(part => part.Trim().Length > 0));
    }

    /// <inheritdoc/>
    protected override void LogEventsFromTextOutput(string singleLine, MessageImportance messageImportance)
    {
        if (singleLine is null || singleLine.Trim().Length == 0)
        {
            return;
        }

        stopping |= singleLine.StartsWith(StoppingAlready, StringComparison.Ordinal);
        if (ToolDiagnostic.Parse(singleLine) is { } diagnostic)
        {
            diagnostic.At(Folder, ProjectFile).Tell(Log);
            return;
        }

        Log.LogMessage(messageImportance, "{0}", singleLine);
        lock (lastWords)
        {
            lastWords.Enqueue(singleLine.Trim());
            if (lastWords.Count > RememberedLines)
            {
                lastWords.Dequeue();
            }
        }
    }

    /// <inheritdoc/>
    protected override Process StartToolProcess(Process proc)
    {
        running = base.StartToolProcess(proc);
        return running;
    }

    /// <summary>Asks the tool to stop, waits, and kills it only if it does not.</summary>
    public override void Cancel()
    {
        cancelled = true;
        if (running is { } process)
        {
            // A Ctrl-C goes to the tool too, and a second signal would stop it before it has finished what it is writing.
            Thread.Sleep(PatienceForTerminal);
            _ = stopping ? Signals.Wait(process, PatienceForStop) : Signals.Stop(process, PatienceForStop);
            Problems.Stopped(ProjectFile, Purpose).Tell(Log);
        }

        base.Cancel();
    }

    /// <inheritdoc/>
    protected override bool HandleTaskExecutionErrors()
    {
        if (!cancelled && !Log.HasLoggedErrors)
        {
            TellFailure();
        }

        return false;
    }

    /// <summary>Says that the tool ended without saying why.</summary>
    private protected void TellFailure()
    {
        lock (lastWords)
        {
            Problems.ToolFailed(ProjectFile, Purpose, ExitCode, string.Join(" | ", lastWords)).Tell(Log);
        }
    }

    private bool Find()
    {
        if (UtafToolPath is { Length: > 0 } given)
        {
            var path = Path.GetFullPath(Path.Combine(Folder, given));
            tool = ToolSearch.At(path);
            if (tool is null)
            {
                Problems.ToolNotAt(ProjectFile, path, "it is not there.", PackageVersion.Text).Tell(Log);
            }

            return tool is not null;
        }

        var found = ToolSearch.For(Folder).ToList();
        tool = found.FirstOrDefault();
        if (tool is null)
        {
            Problems.ToolNotFound(ProjectFile, PackageVersion.Text).Tell(Log);
            return false;
        }

        foreach (var other in found.Skip(1))
        {
            Log.LogMessage(MessageImportance.Normal, "{0} is used, not {1}: a local manifest comes before the PATH.", tool.Description, other.Description);
        }

        return true;
    }

    /// <summary>Compares versions; asks the tool for it once in a build, whatever the number of models and projects.</summary>
    private bool KnowsVersion()
    {
        var key = $"Utaf.MSBuild:version:{tool!.Description}";
        var known = BuildEngine4.GetRegisteredTaskObject(key, RegisteredTaskObjectLifetime.Build) as string;
        if (known is not null)
        {
            return true;
        }

        try
        {
            var version = tool.Version ?? VersionQuery.Ask(tool);
            BuildEngine4.RegisterTaskObject(key, version, RegisteredTaskObjectLifetime.Build, allowEarlyCollection: false);
            if (version.Length > 0 && version != PackageVersion.Text)
            {
                Problems.OtherVersion(ProjectFile, tool.Description, version, PackageVersion.Text).Tell(Log);
            }

            return true;
        }
        catch (Win32Exception exception)
        {
            Problems.ToolNotAt(ProjectFile, tool.Program, $"it does not start ({exception.Message}).", PackageVersion.Text).Tell(Log);
            return false;
        }
    }
}
