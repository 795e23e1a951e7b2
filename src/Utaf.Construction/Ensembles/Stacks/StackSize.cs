using TorchSharp;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Stacks;

/// <summary>How many members a stack has.</summary>
internal static class StackSize
{
    // Parameters, gradients and moments of one stack: in larger ones the last stack keeps one processor waiting for another,
    // in smaller ones each member waits for the loss, which is torch's and takes as long for one as for ten.
    private const long StackBytes = 3 << 20;
    private const int Smallest = 4;
    private const int Largest = 64;

    /// <summary>How many stacks are trained at once. On the CPU one for each processor, for each of torch's threads would be too many.</summary>
    public static int Threads(Device device) => device.type == DeviceType.CPU ? Environment.ProcessorCount : 1;

    /// <summary>How many rows a stack computes at least, companions counted: torch's products want two, and <see cref="PerceptronStack"/> says why.</summary>
    public static int Least(Device device) => IStackPass.IsByTorch(device) ? 2 : 1;

    /// <summary>How much work a stack is, to compare it with others: members' steps times parameters.</summary>
    public static long Work(IReadOnlyList<StackMember> members) => members.Sum(member => member.Steps * member.Numbers);

    /// <summary>Divides members of one shape into stacks, those with the most steps first.</summary>
    public static IReadOnlyList<IReadOnlyList<StackMember>> Divide(IReadOnlyList<StackMember> members, Device device)
    {
        var most = Most(members[0].Numbers, device);
        return [.. members.OrderByDescending(member => member.Steps).Chunk(most)];
    }

    /// <summary>How many members a stack has at most.</summary>
    /// <param name="numbers">How many numbers a member learns.</param>
    /// <param name="device">Where they are trained.</param>
    public static int Most(long numbers, Device device)
    {
        const int copies = 4;
        return device.type == DeviceType.CPU ? (int)Math.Clamp(StackBytes / (numbers * sizeof(float) * copies), Smallest, Largest) : int.MaxValue;
    }
}
