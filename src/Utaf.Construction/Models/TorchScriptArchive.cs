using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using static TorchSharp.torch;

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

    /// <summary>Which kinds of convolution an archive's code has.</summary>
    public static ConvolutionKinds Convolutions(byte[] bytes)
    {
        using var archive = new ZipArchive(new MemoryStream(bytes, writable: false));
        var kinds = ConvolutionKinds.None;
        foreach (var entry in archive.Entries.Where(entry => entry.Name.EndsWith(".py", StringComparison.OrdinalIgnoreCase)))
        {
            using var reader = new StreamReader(entry.Open());
            kinds |= TorchScriptCode.Convolutions(reader.ReadToEnd());
        }

        return kinds;
    }

    /// <summary>
    /// SHA-256 of all that an archive computes with, but for the numbers of some tensors: code, constants, attributes, other tensors.
    /// Null where one of the others has the same numbers as one of these, so that they cannot be told apart.
    /// </summary>
    /// <param name="bytes">The archive.</param>
    /// <param name="left">Tensors of the loaded model, still with the archive's numbers.</param>
    public static string? Sha256Without(byte[] bytes, IEnumerable<NamedTensor> left)
    {
        var unread = left.Select(Storage).DistinctBy(storage => storage.Place).CountBy(storage => storage.Sha256).ToDictionary();
        using var archive = new ZipArchive(new MemoryStream(bytes, writable: false));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        // The name of the archive's only folder is that of the file it was first saved to.
        var entries = archive.Entries.Select(entry => (Name: entry.FullName[(entry.FullName.IndexOf('/', StringComparison.Ordinal) + 1)..], entry));
        foreach (var (name, entry) in entries.Where(entry => !IsInert(entry.Name)).OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            using var content = entry.Open();
            var sha256 = Convert.ToHexStringLower(SHA256.HashData(content));
            if (name.StartsWith("data/", StringComparison.Ordinal) && unread.TryGetValue(sha256, out var count))
            {
                if (count == 0)
                {
                    return null;
                }

                unread[sha256] = count - 1;
            }
            else
            {
                hash.AppendData(Encoding.UTF8.GetBytes($"{name}\n{sha256}\n"));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Where the code stood in Python, a digest of the whole, and files of the user's own: nothing is computed with them.</summary>
    private static bool IsInert(string name) =>
        name.EndsWith(".debug_pkl", StringComparison.Ordinal) || name == ".data/serialization_id" || name.StartsWith("extra/", StringComparison.Ordinal);

    /// <summary>A tensor's bytes as an archive has them, and where they are: tensors that share their numbers are stored once.</summary>
    private static ((nint Address, int Copy) Place, string Sha256) Storage(NamedTensor named, int index)
    {
        using var scope = NewDisposeScope();
        var tensor = named.Tensor.detach().cpu();
        var stored = tensor.is_contiguous();
        var numbers = (stored ? tensor : tensor.contiguous()).bytes;
        var address = Unsafe.ByteOffset(ref Unsafe.NullRef<byte>(), ref MemoryMarshal.GetReference(numbers));
        return (stored ? (address, 0) : (0, index + 1), Convert.ToHexStringLower(SHA256.HashData(numbers)));
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
