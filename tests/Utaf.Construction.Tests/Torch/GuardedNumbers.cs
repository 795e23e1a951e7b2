using System.Runtime.InteropServices;

namespace Utaf.Torch.Tests;

/// <summary>Numbers between others that nobody may use: one that is read makes NaN of a result, one that is written is seen.</summary>
internal sealed unsafe class GuardedNumbers : IDisposable
{
    private const int Around = 4096;

    private readonly float* memory;
    private readonly int count;

    public GuardedNumbers(float[] numbers)
    {
        count = numbers.Length;
        memory = (float*)NativeMemory.Alloc((nuint)(count + (2 * Around)) * sizeof(float));
        new Span<float>(memory, count + (2 * Around)).Fill(float.NaN);
        numbers.CopyTo(new Span<float>(Start, count));
    }

    public float* Start => memory + Around;

    public float[] Numbers => new Span<float>(Start, count).ToArray();

    public bool IsWhole => new Span<float>(memory, Around).IndexOfAnyExcept(float.NaN) < 0 && new Span<float>(Start + count, Around).IndexOfAnyExcept(float.NaN) < 0;

    public void Dispose() => NativeMemory.Free(memory);
}
