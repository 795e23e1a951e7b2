using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Copies a 64-bit little-endian ELF library with .symtab and .strtab filled with zeros. Only debuggers read them; the loader has
/// .dynsym and .dynstr. Nothing moves, so nothing else needs to be written anew, and zeros take no room in a package.
/// </summary>
public sealed class EmptySymbolTables : Task
{
    private const int SectionTypeSymbols = 2;

    /// <summary>The library.</summary>
    [Required]
    public string Library { get; set; }

    /// <summary>The copy.</summary>
    [Required]
    public string Copy { get; set; }

    public override bool Execute()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Copy));
        var temporary = Copy + ".tmp";
        File.Copy(Library, temporary, true);
        using (var file = new FileStream(temporary, FileMode.Open, FileAccess.ReadWrite))
        using (var reader = new BinaryReader(file, Encoding.ASCII, true))
        {
            if (reader.ReadUInt32() != 0x464C457F || reader.ReadUInt16() != 0x0102)
            {
                Log.LogError("{0} is no 64-bit little-endian ELF library.", Library);
                return false;
            }

            var sections = (long)At(file, reader, 0x28).ReadUInt64();
            var size = At(file, reader, 0x3A).ReadUInt16();
            var count = reader.ReadUInt16();
            for (var i = 0; i < count; i++)
            {
                var section = sections + (i * size);
                if (At(file, reader, section + 4).ReadUInt32() == SectionTypeSymbols)
                {
                    var names = At(file, reader, section + 0x28).ReadUInt32();
                    Empty(file, reader, section);
                    Empty(file, reader, sections + (names * size));
                }
            }
        }

        if (File.Exists(Copy))
        {
            File.Delete(Copy);
        }

        File.Move(temporary, Copy);
        return true;
    }

    private static BinaryReader At(Stream file, BinaryReader reader, long place)
    {
        file.Position = place;
        return reader;
    }

    private static void Empty(Stream file, BinaryReader reader, long section)
    {
        var start = (long)At(file, reader, section + 0x18).ReadUInt64();
        var length = (long)reader.ReadUInt64();
        var zeros = new byte[1 << 20];
        file.Position = start;
        for (var left = length; left > 0; left -= zeros.Length)
        {
            file.Write(zeros, 0, (int)Math.Min(left, zeros.Length));
        }
    }
}
