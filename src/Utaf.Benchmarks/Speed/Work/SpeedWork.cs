using System.Text.Json;
using System.Text.Json.Serialization;

namespace Utaf.Benchmarks.Speed.Work;

/// <summary>
/// Work of ours that is timed in a process of its own, as the reference is: both start cold, and neither leaves the other its
/// memory or its threads.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "work")]
[JsonDerivedType(typeof(WarfarinWork), "warfarin")]
[JsonDerivedType(typeof(BatchedWork), "batched")]
[JsonDerivedType(typeof(GrowthWork), "growth")]
[JsonDerivedType(typeof(IterationWork), "iteration")]
[JsonDerivedType(typeof(TrainingWork), "training")]
[JsonDerivedType(typeof(ResNetMembersWork), "resnet-members")]
[JsonDerivedType(typeof(ResNetAucWork), "resnet-auc")]
[JsonDerivedType(typeof(ManyMembersWork), "many-members")]
[JsonDerivedType(typeof(MemoryWork), "memory")]
internal abstract record SpeedWork
{
    /// <summary>Does the work.</summary>
    /// <param name="report">Told of each stage.</param>
    public abstract void Run(Action<StageLine> report);

    /// <summary>A process of this program that does the work.</summary>
    public Contestant AsContestant(string name)
    {
        var program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Utaf.Benchmarks.exe" : "Utaf.Benchmarks");
        return new(name, program, [SpeedWorkCommand.Name, JsonSerializer.Serialize(this)]);
    }

    /// <summary>What <see cref="AsContestant"/> was given.</summary>
    /// <exception cref="UtafException">UTAF1001: something else.</exception>
    public static SpeedWork Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<SpeedWork>(json)!;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw Errors.BadOption("work", json, "what the speed command gives its child processes");
        }
    }
}
