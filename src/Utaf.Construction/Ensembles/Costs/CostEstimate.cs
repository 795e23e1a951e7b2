namespace Utaf.Ensembles.Costs;

/// <summary>What it will take to build the members that are missing.</summary>
/// <param name="Seconds">From the start of the command to its end, on this machine where nothing else runs on it.</param>
/// <param name="PeakMemoryBytes">Resident memory of all its processes at its highest; a GPU's own memory is not in it.</param>
/// <param name="Processes">How many build at once.</param>
/// <param name="Kinds">Where the time goes, the most expensive first. Processes share it, so it may sum to more than <see cref="Seconds"/>.</param>
public sealed record CostEstimate(double Seconds, long PeakMemoryBytes, int Processes, IReadOnlyList<KindCost> Kinds);

/// <summary>Members that cost alike.</summary>
/// <param name="Kind">Architecture and what is done in a step.</param>
/// <param name="Stacked">Whether they are trained together.</param>
/// <param name="Members">How many are missing.</param>
/// <param name="Steps">Training steps of all of them.</param>
/// <param name="SecondsPerStep">Of one member; stacked ones share it.</param>
/// <param name="Seconds">All of it: preparing, training, checking and saving them.</param>
public sealed record KindCost(string Kind, bool Stacked, int Members, long Steps, double SecondsPerStep, double Seconds);
