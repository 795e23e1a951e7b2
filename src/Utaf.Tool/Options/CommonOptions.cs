using System.CommandLine;

namespace Utaf.Tool.Options;

/// <summary>How documents are written.</summary>
internal enum DocumentFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>For programs.</summary>
    Json,

    /// <summary>For a page that renders it, such as a job's summary; reports only.</summary>
    Markdown,

    /// <summary>For code scanning; reports only.</summary>
    Sarif,

    /// <summary>A page by itself; reports only.</summary>
    Html,
}

/// <summary>How much is said on the error stream, in MSBuild's words.</summary>
internal enum Verbosity
{
    /// <summary>Errors only.</summary>
    Quiet,

    /// <summary>Errors and notes.</summary>
    Minimal,

    /// <summary>Progress too.</summary>
    Normal,

    /// <summary>A line for each member.</summary>
    Detailed,

    /// <summary>Stack traces too.</summary>
    Diagnostic,
}

/// <summary>What every command can be told.</summary>
/// <param name="Format">How the document is written.</param>
/// <param name="OutputFile">Where the document goes; null: standard output.</param>
/// <param name="Verbosity">How much is said besides.</param>
/// <param name="Seed">Source of all random numbers; null where it is not given.</param>
/// <param name="Device">auto, cpu, cuda or cuda:N.</param>
/// <param name="GivenThreads">CPU threads of torch; null where they are not given.</param>
/// <param name="GitHubStep">Where what a step of a GitHub workflow shows goes; null: nowhere.</param>
internal sealed record Settings(
    DocumentFormat Format, string? OutputFile, Verbosity Verbosity, ulong? Seed, string Device, int? GivenThreads, string? GitHubStep = null)
{
    /// <summary>CPU threads of torch where no stage has a better number of its own.</summary>
    public int Threads => GivenThreads ?? 1;
}

/// <summary>The options that every command has.</summary>
internal sealed class CommonOptions
{
    private static readonly string[] Words = ["quiet", "minimal", "normal", "detailed", "diagnostic"];
    private static readonly string[] ShortWords = ["q", "m", "n", "d", "diag"];

    private readonly Option<string> format = OptionKinds.Word(
        "--format",
        "Form of the document on standard output. verify and watch write markdown, sarif and html too.",
        "text",
        "text",
        "json",
        "markdown",
        "sarif",
        "html");
    private readonly Option<string?> output = OptionKinds.Text(
        "--output",
        "Writes the document to this file instead of standard output.",
        "FILE");
    private readonly Option<string> verbosity = OptionKinds.Word(
        "--verbosity",
        "How much is said on standard error; q, m, n, d and diag do too.",
        "normal",
        [.. Words, .. ShortWords]);
    private readonly Option<ulong?> seed = OptionKinds.Number<ulong>(
        "--seed",
        "Source of all random numbers: the same seed gives the same pair, bit for bit, on the same machine and number of threads. [default: 0; demo: 1]",
        "a whole number of at least 0");
    private readonly Option<string?> device = OptionKinds.Text(
        "--device",
        "Where torch computes: auto, cpu, cuda or cuda:N. [default: auto]",
        "DEVICE");
    private readonly Option<int?> threads = OptionKinds.Number<int>(
        "--threads",
        "CPU threads of torch; another number may change last digits. One is the fastest for small networks, and leaves the others "
            + "to --jobs. [default: 1; for the pair of a model with more than a million parameters, on the CPU: one for each processor]",
        "a whole number from 1 to 1024");

    private readonly Option<string?> gitHubStep = OptionKinds.Text(
        "--github-step",
        "Writes what a step of a GitHub workflow shows into this folder: outputs, summary.md, annotations. The action uses it.",
        "FOLDER");

    /// <summary>Gives them to a command and all below it.</summary>
    public void AddTo(RootCommand root)
    {
        verbosity.HelpName = string.Join('|', Words);
        verbosity.Aliases.Add("-v");
        foreach (var option in (Option[])[format, output, verbosity, seed, device, threads, gitHubStep])
        {
            option.Recursive = true;
            root.Add(option);
        }
    }

    /// <summary>What was chosen.</summary>
    public Settings Read(ParseResult parsed) => new(
        Enum.Parse<DocumentFormat>(parsed.GetValue(format)!, ignoreCase: true),
        parsed.GetValue(output),
        VerbosityOf(parsed),
        parsed.GetValue(seed),
        parsed.GetValue(device) ?? "auto",
        parsed.GetValue(threads),
        parsed.GetValue(gitHubStep));

    /// <summary>The folder for a step of a GitHub workflow alone, for commands that failed.</summary>
    public string? GitHubStepOf(ParseResult parsed) => parsed.GetResult(gitHubStep) is null ? null : parsed.GetValue(gitHubStep);

    /// <summary>The verbosity alone, which even a failed command needs.</summary>
    public Verbosity VerbosityOf(ParseResult parsed)
    {
        var word = parsed.GetValue(verbosity);
        return (Verbosity)Math.Max(Array.IndexOf(Words, word), Array.IndexOf(ShortWords, word));
    }
}
