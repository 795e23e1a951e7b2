namespace Utaf.Benchmarks.Speed;

/// <summary>What the user chose.</summary>
/// <param name="Only">The measurements that are made.</param>
/// <param name="Repeats">How many pairs, at least 1.</param>
/// <param name="Seed">The first pair's; each further pair has the next.</param>
/// <param name="Data">The folder with the Warfarin table.</param>
/// <param name="Reference">A plain PyTorch version of the Warfarin scenario, a script.</param>
/// <param name="Images">An IDX file of 28×28 grey images of ten classes.</param>
/// <param name="Tool">The built tool, <c>dotnet-utaf</c>.</param>
/// <param name="Work">Where ensembles are made.</param>
/// <param name="Run">Where the results go.</param>
/// <param name="Quick">Smallest sizes: shows whether everything works, and the numbers mean nothing.</param>
internal sealed record SpeedSettings(
    IReadOnlyList<string> Only,
    int Repeats,
    ulong Seed,
    string? Data,
    string? Reference,
    string? Images,
    string? Tool,
    string Work,
    string Run,
    bool Quick)
{
    /// <summary>Whether any of these is to be measured.</summary>
    public bool Wants(params IReadOnlyList<string> names) => names.Any(Only.Contains);

    /// <summary>Checks everything that is needed for what is to be measured.</summary>
    /// <exception cref="UtafException">UTAF1001: a number or a name, or a tool that cannot be started; UTAF1002: a file.</exception>
    public void Check()
    {
        if (Repeats is < 1 or > 1000)
        {
            throw Errors.BadOption("--repeats", $"{Repeats}", "a whole number from 1 to 1000");
        }

        if (Only.Count == 0 || !Only.All(Measurements.Names.Contains))
        {
            throw Errors.BadOption("--only", Only.FirstOrDefault(name => !Measurements.Names.Contains(name)) ?? "", $"some of {string.Join(", ", Measurements.Names)}");
        }

        if (Wants(Measurements.OfWarfarin))
        {
            Require("--data", Data is null ? null : WarfarinScenario.DataFile(Data), "the Warfarin table; --data is its folder", Measurements.OfWarfarin);
            Require("--reference", Reference, "a plain PyTorch version of the Warfarin scenario", Measurements.OfWarfarin);
        }

        if (Wants(Measurements.IterationAuc))
        {
            Require("--images", Images, "28×28 grey images of ten classes (IDX, labels beside them)", [Measurements.IterationAuc]);
        }

        if (Tool is { } tool && !File.Exists(tool))
        {
            throw Errors.FileNotFound(tool, "the built tool, dotnet-utaf");
        }

        if (Wants(Measurements.Start) && Tool is { } named)
        {
            StartSpeed.RequireStarts(named);
        }
    }

    private static void Require(string option, string? path, string what, IReadOnlyList<string> measurements)
    {
        if (path is null)
        {
            throw Errors.BadOption(option, "", $"{what}, for {string.Join(", ", measurements)}; or choose others with --only");
        }

        if (!File.Exists(path))
        {
            throw Errors.FileNotFound(path, what);
        }
    }
}
