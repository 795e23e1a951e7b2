using System.IO.Compression;
using System.Text.RegularExpressions;

namespace Utaf.Models;

/// <summary>
/// What can be said of a model file without running it: whether it is a TorchScript archive, and whether its code keeps
/// to tensors. A suspect's file is not to be trusted.
/// </summary>
internal static partial class TorchScriptArchive
{
    /// <summary>Checks the file's bytes before torch sees them.</summary>
    /// <exception cref="UtafException">UTAF1101 to UTAF1105.</exception>
    public static void Check(string path, byte[] bytes)
    {
        if (bytes.Length == 0)
        {
            throw Errors.EmptyModel(path);
        }

        if (!bytes.AsSpan().StartsWith("PK"u8))
        {
            throw LooksPickled(bytes) ? Errors.StateDict(path) : Errors.NotTorchScript(path, "a file of another format");
        }

        try
        {
            using var archive = new ZipArchive(new MemoryStream(bytes, writable: false));
            var code = archive.Entries.Where(entry => CodeFile().IsMatch(entry.FullName)).ToList();
            if (code.Count == 0)
            {
                throw archive.Entries.Any(entry => entry.Name == "data.pkl") ? Errors.StateDict(path) : Errors.NotTorchScript(path, "a zip archive without TorchScript code");
            }

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

    [GeneratedRegex(@"^[^/]+/code/.*\.py$")]
    private static partial Regex CodeFile();
}
