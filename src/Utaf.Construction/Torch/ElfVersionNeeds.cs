using System.Buffers.Binary;
using System.Text;

namespace Utaf.Torch;

/// <summary>
/// The symbol versions that a 64-bit little-endian ELF library asks of others, and how strongly.
/// Source: Linux Standard Base, "Symbol Versioning" (Elfxx_Verneed, Elfxx_Vernaux).
/// </summary>
internal static class ElfVersionNeeds
{
    private const uint SectionTypeVersionNeeds = 0x6ffffffe;
    private const ushort WeakFlag = 0x2;

    /// <summary>Marks one needed version as weak: the loader then goes on without it, with at most a warning.</summary>
    /// <param name="library">The library's bytes, changed in place (two bytes).</param>
    /// <param name="version">The version's name, for example <c>GLIBCXX_3.4.32</c>.</param>
    /// <returns>Whether the library asks for that version at all.</returns>
    public static bool MarkWeak(Span<byte> library, string version)
    {
        if (library.Length < 64 || !library[..6].SequenceEqual((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
        {
            return false;
        }

        var sections = (int)BinaryPrimitives.ReadUInt64LittleEndian(library[0x28..]);
        var sectionSize = BinaryPrimitives.ReadUInt16LittleEndian(library[0x3A..]);
        var sectionCount = BinaryPrimitives.ReadUInt16LittleEndian(library[0x3C..]);

        for (var i = 0; i < sectionCount; i++)
        {
            var section = library[(sections + (i * sectionSize))..];
            if (BinaryPrimitives.ReadUInt32LittleEndian(section[4..]) != SectionTypeVersionNeeds)
            {
                continue;
            }

            var needs = (int)BinaryPrimitives.ReadUInt64LittleEndian(section[0x18..]);
            var strings = (int)BinaryPrimitives.ReadUInt32LittleEndian(section[0x28..]);
            var names = (int)BinaryPrimitives.ReadUInt64LittleEndian(library[(sections + (strings * sectionSize) + 0x18)..]);
            return MarkWeak(library, needs, names, Encoding.ASCII.GetBytes(version));
        }

        return false;
    }

    private static bool MarkWeak(Span<byte> library, int need, int names, ReadOnlySpan<byte> version)
    {
        while (true)
        {
            var auxiliary = need + (int)BinaryPrimitives.ReadUInt32LittleEndian(library[(need + 8)..]);
            while (true)
            {
                var name = library[(names + (int)BinaryPrimitives.ReadUInt32LittleEndian(library[(auxiliary + 8)..]))..];
                if (name[..name.IndexOf((byte)0)].SequenceEqual(version))
                {
                    var flags = library[(auxiliary + 4)..];
                    BinaryPrimitives.WriteUInt16LittleEndian(flags, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(flags) | WeakFlag));
                    return true;
                }

                var nextAuxiliary = (int)BinaryPrimitives.ReadUInt32LittleEndian(library[(auxiliary + 12)..]);
                if (nextAuxiliary == 0)
                {
                    break;
                }

                auxiliary += nextAuxiliary;
            }

            var nextNeed = (int)BinaryPrimitives.ReadUInt32LittleEndian(library[(need + 12)..]);
            if (nextNeed == 0)
            {
                return false;
            }

            need += nextNeed;
        }
    }
}
