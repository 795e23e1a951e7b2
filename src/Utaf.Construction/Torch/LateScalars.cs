using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Utaf.Torch;

/// <summary>
/// Frees torch's scalars some time after TorchSharp does. In <c>a.add_(b)</c> or <c>a * 2</c> the factor is an object that nothing
/// refers to any more while native code reads it: when a collection falls into the call, its finalizer frees the number
/// under torch's hands, and the operation fails or computes with whatever lies there by then. TorchSharp's function that
/// frees is replaced by one that keeps the last of them a while.
/// </summary>
internal static unsafe partial class LateScalars
{
    // More than one collection finds at once; some ten megabytes.
    private const int Kept = 1 << 18;
    private const int JumpBytes = 12;
    private const int Read = 1;
    private const int Write = 2;
    private const int Execute = 4;

    private static readonly nint[] Waiting = new nint[Kept];
    private static readonly Lock Turn = new();
    private static int next;

    /// <summary>Puts it in place, where the system and the processor are those it is written for, and the system allows it.</summary>
    /// <param name="library">The loaded LibTorchSharp.</param>
    /// <returns>Whether it is in place.</returns>
    public static bool Install(nint library)
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64
            || !NativeLibrary.TryGetExport(library, "THSTorch_dispose_scalar", out var function))
        {
            return false;
        }

        var page = (nint)Environment.SystemPageSize;
        var start = function / page * page;
        var length = (nuint)(((function + JumpBytes + page - 1) / page * page) - start);
        if (Protect(start, length, Read | Write | Execute) != 0)
        {
            return false;
        }

        // mov rax, address; jmp rax.
        Span<byte> jump = [0x48, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xE0];
        Unsafe.WriteUnaligned(ref jump[2], (nint)(delegate* unmanaged<nint, void>)&Free);
        jump.CopyTo(new Span<byte>((void*)function, JumpBytes));
        _ = Protect(start, length, Read | Execute);
        return true;
    }

    [UnmanagedCallersOnly]
    private static void Free(nint scalar)
    {
        nint oldest;
        lock (Turn)
        {
            (oldest, Waiting[next]) = (Waiting[next], scalar);
            next = (next + 1) % Kept;
        }

        // C++'s delete is C's free there, and a number has nothing to destroy.
        NativeMemory.Free((void*)oldest);
    }

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint start, nuint length, int protection);
}
