using Utaf.Benchmarks.Results;
using Utaf.Data;
using Utaf.Ensembles;
using static TorchSharp.torch;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>How much of a scenario is run.</summary>
internal enum Profile
{
    /// <summary>Scaled to a processor.</summary>
    Cpu,

    /// <summary>As the paper has it; large networks need a GPU.</summary>
    Paper,

    /// <summary>Shows whether everything works; the numbers mean nothing.</summary>
    Smoke,
}

/// <summary>One of the paper's scenarios: its data, its target and its ensemble.</summary>
internal abstract class Scenario
{
    /// <summary>The command's name.</summary>
    public abstract string Name { get; }

    /// <summary>What the scenario is, for the command's help.</summary>
    public abstract string Description { get; }

    /// <summary>What the data is and where it is to be had, to follow the words "the path of".</summary>
    public abstract string DataSet(Profile profile);

    /// <summary>The files that are needed, in the order in which they are read.</summary>
    /// <exception cref="UtafException">UTAF1002: one is missing; the message says which data set it is of.</exception>
    public abstract IReadOnlyList<string> Files(string folder, Profile profile);

    /// <summary>The target and the plan of one seed.</summary>
    /// <param name="input">Data and profile.</param>
    /// <param name="seed">Decides halves, weights and members.</param>
    /// <param name="trained">False: the target's weights are those that it starts from, which is enough for an estimate.</param>
    /// <exception cref="UtafException">UTAF1001, UTAF12xx: the data is not what the scenario is made of; the message says which data set it is of.</exception>
    public PreparedScenario Prepare(ScenarioInput input, ulong seed, bool trained)
    {
        try
        {
            return Make(input, seed, trained);
        }
        catch (UtafException e) when (e.Diagnostic.Code.StartsWith("UTAF12", StringComparison.Ordinal)
            && !input.Irrelevant.Any(file => e.Diagnostic.Origin.StartsWith(file, StringComparison.Ordinal)))
        {
            // What is not of another domain is of the data set: an origin may be a row of the file, or an array in it.
            throw Errors.OfDataSet(e, DataSet(input.Profile));
        }
    }

    /// <summary>Which settings UTAF is run in.</summary>
    public virtual SettingChoice Settings(Profile profile) => profile switch
    {
        Profile.Smoke => new([10], [4], Without: 1, PaperEverywhere: false) { Iterations = 4, VerifierSteps = 10, Sweeps = false },
        Profile.Cpu => new([10, 25, 50, 75], [7, 14, 21, 28], Without: int.MaxValue, PaperEverywhere: false),
        _ => new([10, 20, 30, 40, 50, 60, 70, 80, 90], [7, 14, 21, 28], Without: int.MaxValue, PaperEverywhere: true),
    };

    /// <summary>Refuses a missing file of other domains.</summary>
    /// <exception cref="UtafException">UTAF1002.</exception>
    public static string ExistingIrrelevant(string path) => Existing(path, "irrelevant data");

    /// <inheritdoc cref="Prepare"/>
    protected abstract PreparedScenario Make(ScenarioInput input, ulong seed, bool trained);

    /// <summary>Refuses a missing file before anything is begun.</summary>
    protected static string Existing(string path, string what) => File.Exists(path) ? path : throw Errors.FileNotFound(path, what);

    /// <summary>Reads data of other domains; pixels of IDX files become numbers from 0 to 1.</summary>
    protected static IReadOnlyList<DataTable> ReadIrrelevant(IReadOnlyList<string> files) =>
        [.. files.Select(file => DataFormats.Read(ExistingIrrelevant(file), new DataOptions(Scale: file.Contains("idx", StringComparison.OrdinalIgnoreCase) ? 255 : 1)))];
}

/// <summary>What a scenario is made from.</summary>
/// <param name="Folder">Holds the data.</param>
/// <param name="Irrelevant">Files of other domains; none: random rules stand in.</param>
/// <param name="Profile">How much.</param>
/// <param name="Work">Where targets and ensembles are kept.</param>
/// <param name="Device">Where networks are trained.</param>
internal sealed record ScenarioInput(string Folder, IReadOnlyList<string> Irrelevant, Profile Profile, string Work, Device Device);

/// <summary>The settings of figures 4 and 5, and those beyond the paper.</summary>
/// <param name="Counts">N beside 100.</param>
/// <param name="Ensembles">Members of either side that are learned from.</param>
/// <param name="Without">How many attack families, and as many negative architectures, are left out in turn at most.</param>
/// <param name="PaperEverywhere">Whether Algorithm 1 as printed is run with other numbers and ensembles too.</param>
internal sealed record SettingChoice(IReadOnlyList<int> Counts, IReadOnlyList<int> Ensembles, int Without, bool PaperEverywhere)
{
    /// <summary>Attacks that are never trained on.</summary>
    public const string OfUnseen = "unseen";

    private const string OfCounts = "n";
    private const string OfEnsembles = "ensemble";
    private const string LeaveOut = "without";
    private const string OneLeftOut = "without=";
    private const string OfSweeps = "swept";

    /// <summary>Steps of UTAF's fingerprint, and of the default queries of IPGuard and ConferAE; null for each scheme's own.</summary>
    public int? Iterations { get; init; }

    /// <summary>Pairs that ModelDiff is run with beside the 50 that are 100 queries.</summary>
    public IReadOnlyList<int> Pairs { get; init; } = [100];

    /// <summary>Whether the baselines' parameters are swept as well.</summary>
    public bool Sweeps { get; init; } = true;

    /// <summary>Families and architectures that are left out in any case.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>Steps of the meta-verifier at the end; null for the schedule's own.</summary>
    public int? VerifierSteps { get; init; }

    /// <summary>The kinds of settings, as <c>--settings</c> names them.</summary>
    public static IReadOnlyList<string> Names { get; } = [OfSweeps, OfCounts, OfEnsembles, LeaveOut, OfUnseen];

    /// <summary>Only the kinds that are named.</summary>
    public SettingChoice Only(IReadOnlyList<string> names) => this with
    {
        Sweeps = Sweeps && names.Contains(OfSweeps),
        Counts = names.Contains(OfCounts) ? Counts : [],
        Pairs = names.Contains(OfCounts) ? Pairs : [],
        Ensembles = names.Contains(OfEnsembles) ? Ensembles : [],
        Without = names.Contains(LeaveOut) ? Without : 0,
        LeftOut = OnesLeftOut(names),
    };

    /// <summary>The families and architectures that are named one by one.</summary>
    public static IReadOnlyList<string> OnesLeftOut(IEnumerable<string> names) => [.. names.Where(IsOneLeftOut).Select(name => name[OneLeftOut.Length..]).Distinct()];

    /// <summary>Whether it is the name of a kind of settings, or leaves out one family or architecture.</summary>
    public static bool IsKnown(string name) => Names.Contains(name) || IsOneLeftOut(name);

    private static bool IsOneLeftOut(string name) => name.StartsWith(OneLeftOut, StringComparison.Ordinal) && name.Length > OneLeftOut.Length;
}

/// <summary>A scenario of one seed.</summary>
/// <param name="Ensemble">The members, target and data.</param>
/// <param name="Target">How good the target is on data it was not trained on, by name; for <see cref="RepeatResult.Target"/>.</param>
internal sealed record OpenedScenario(OpenedEnsemble Ensemble, IReadOnlyDictionary<string, double> Target) : IDisposable
{
    /// <summary>Half of the ensemble for the test, as in the paper.</summary>
    public static SplitFractions Halves { get; } = new(Test: 0.5);

    /// <summary>The ensemble's parts; every member must be built.</summary>
    public EnsembleSplit Split() =>
        EnsembleSplit.Of(Ensemble.Folder, Ensemble.Workshop.Target, Halves);

    public void Dispose() => Ensemble.Dispose();
}
