using System.IO.Compression;

namespace Utaf.Models;

/// <summary>
/// What can be said of a model file without running it: whether it is a TorchScript archive, and whether its code keeps
/// to tensors. A suspect's file is not to be trusted.
/// </summary>
internal static class TorchScriptArchive
{
    /// <summary>Checks the file's bytes before torch sees them.</summary>
    /// <exception cref="UtafException">UTAF1101 to UTAF1105.</exception>
    public static void Check(string path, byte[] bytes)
    {
        if (bytes.Length == 0)
        {
            throw Errors.EmptyModel(path);
        }

        // "PTMF" at byte 4 makes torch read a flatbuffer, whatever the first four bytes are.
        if (!bytes.AsSpan().StartsWith("PK"u8) || bytes.AsSpan(2).StartsWith("\u0003\u0004PTMF"u8))
        {
            throw LooksPickled(bytes) ? Errors.StateDict(path) : Errors.NotTorchScript(path, "a file of another format");
        }

        try
        {
            using var archive = new ZipArchive(new MemoryStream(bytes, writable: false));
            if (archive.Entries.Any(entry => entry.Name.Equals("model.json", StringComparison.OrdinalIgnoreCase)))
            {
                // There an index says which entries are code: any of them may be.
                throw Errors.NotTorchScript(path, "an archive in the format of PyTorch before 1.4");
            }

            var code = archive.Entries.Where(entry => entry.Name.EndsWith(".py", StringComparison.OrdinalIgnoreCase)).ToList();
            if (code.Count == 0)
            {
                throw archive.Entries.Any(entry => entry.Name == "data.pkl") ? Errors.StateDict(path) : Errors.NotTorchScript(path, "a zip archive without TorchScript code");
            }

            // Torch looks entries up by name without regard to case, so none is left out for where it lies.
            foreach (var entry in code)
            {
                using var reader = new StreamReader(entry.Open());
                CheckCode(path, entry.FullName, reader.ReadToEnd());
            }
        }
        catch (InvalidDataException e)
        {
            throw Errors.TruncatedModel(path, e.Message);
        }
    }

    private static void CheckCode(string path, string file, string code)
    {
        if (TorchScriptCode.FirstUnsafe(code) is var (what, line))
        {
            throw Errors.UnsafeOperator(path, what, $"{file}, line {line}");
        }
    }

    // A pickle of protocol 2 or later starts with PROTO; torch.save before version 1.6 wrote one at the front.
    private static bool LooksPickled(byte[] bytes) => bytes[0] == 0x80 && bytes.Length > 1 && bytes[1] is >= 2 and <= 5;
}
