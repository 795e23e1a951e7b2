using TorchSharp;
using Utaf.Data;
using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Ensembles;

/// <summary>
/// How many processes build an ensemble best. Perceptrons are trained together on all processors, where their lesson allows
/// it; members that are trained alone use one, and on small tensors more threads only wait for each other: there processes are
/// the way to use the others.
/// </summary>
public static class ProcessCount
{
    // Starting a process takes about as long as training one small network.
    private const int FewestEach = 4;

    // What a training step keeps of each example: convolutional networks for small images up to 2000 times their inputs,
    // ResNet-50 at 224×224 about 25 million numbers.
    private const long KeptPerInput = 2000;
    private const long MostKept = 30_000_000;

    // Activations, their gradients, and what is looked at when a member is finished.
    private const long Rooms = 4;

    // Weight, gradient and Adam's two moments; the bytes that are saved, several times, until .NET clears them away.
    private const long Copies = 32;

    /// <summary>The best number for members that are missing.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="missing">Those that are to be built.</param>
    /// <param name="target">The owner's model.</param>
    /// <param name="data">The data of Stage 1.</param>
    /// <param name="device">Where they are trained.</param>
    /// <param name="threads">Threads of each process.</param>
    public static int For(EnsemblePlan plan, IReadOnlyList<Member> missing, TargetModel target, EnsembleData data, Device device, int threads)
    {
        if (device.type != DeviceType.CPU)
        {
            // One process fills a GPU, and each more takes its share of the GPU's memory.
            return 1;
        }

        var trained = missing.Where(member => member.Recipe.Effort is not null).ToList();
        var task = LearningTask.Parse(plan.Task);
        var perceptrons = IsPerceptron(target, data.Owner);
        var alone = trained.Count(member => !(member.Recipe.LearnsInStacks(task) && IsStackable(plan.ArchitectureOf(member))));
        var published = trained.Select(plan.ArchitectureOf).OfType<ImageNetwork>().Distinct().ToList();
        var small = plan.ImageShape is { } image && ImageNetwork.IsSmall(image);
        var numbers = published.Select(network => network.Numbers(small)).Append(target.ParameterCount).Max();
        var kept = Math.Min(MostKept, data.Owner.ExampleSize * KeptPerInput);
        if (plan.ImageShape is [_, var height, var width])
        {
            kept = published.Select(network => network.KeptPerPixel(small) * height * width).Append(kept).Max();
        }

        var batch = trained.Select(member => member.Recipe.Effort!.Settings.BatchSize).DefaultIfEmpty(1).Max();
        var tables = 3L * (data.Owner.Inputs.LongLength + data.Public.Inputs.LongLength);
        var bytes = Environment.WorkingSet + (sizeof(float) * (tables + (numbers * Copies) + (Rooms * batch * kept)));

        // A quarter is left to the system and to this process.
        return Best(alone, Environment.ProcessorCount, threads, bytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 * 3);

        bool IsStackable(Architecture architecture) => architecture is Mlp || (perceptrons && architecture is TargetArchitecture);
    }

    /// <summary>As many as there are processors for, work and memory permitting; at least 1.</summary>
    /// <param name="alone">Members that are trained, and not together with others.</param>
    /// <param name="processors">Of this machine.</param>
    /// <param name="threads">Threads of each process, at least 1.</param>
    /// <param name="bytes">Memory that each process may need, above 0.</param>
    /// <param name="memory">Memory for all of them.</param>
    public static int Best(int alone, int processors, int threads, long bytes, long memory) =>
        (int)Math.Max(1, Math.Min(Math.Min(processors / threads, alone / FewestEach), memory / bytes));

    private static bool IsPerceptron(TargetModel target, DataTable owner)
    {
        using var scope = NewDisposeScope();
        var few = Math.Min(4, owner.Count);
        var probe = tensor(owner.Inputs[..(few * owner.ExampleSize)], [few, .. owner.InputShape.Select(size => (long)size)]);
        return Perceptron.TryRead(target.Network, probe, inTraining: true) is not null;
    }
}
