using System.Runtime.InteropServices;
using System.Security.Cryptography;
using static TorchSharp.torch;

namespace Utaf.Models;

/// <summary>A TorchScript model file: checked, read once, and loaded as often as copies are needed.</summary>
public sealed class TorchScriptFile
{
    private readonly byte[] bytes;
    private ConvolutionKinds? kinds;

    private TorchScriptFile(string path, byte[] bytes)
    {
        Path = path;
        this.bytes = bytes;
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
    }

    /// <summary>Where the file was read.</summary>
    public string Path { get; }

    /// <summary>The digest of the bytes that are loaded: the file may change, these do not.</summary>
    public string Sha256 { get; }

    /// <summary>Which kinds of convolution the code has.</summary>
    public ConvolutionKinds Convolutions => kinds ??= TorchScriptArchive.Convolutions(bytes);

    /// <summary>Reads and checks a file; torch does not see it yet.</summary>
    /// <exception cref="UtafException">UTAF1002, UTAF1003 and UTAF1101 to UTAF1105.</exception>
    public static TorchScriptFile Open(string path)
    {
        const string expected = "a TorchScript model (.pt)";

        // An unpacked archive, which some tools leave behind, is a folder of the model's name.
        var bytes = Directory.Exists(path) ? throw Errors.FileNotFound(path, expected) : InputFile.Read(path, expected);
        TorchScriptArchive.Check(path, bytes);
        return new(path, bytes);
    }

    /// <summary>SHA-256 of the model but for some of its tensors' numbers; null where these cannot be told from others.</summary>
    /// <param name="left">Tensors of a network that <see cref="Load"/> made, with the file's numbers.</param>
    internal string? Sha256Without(IEnumerable<NamedTensor> left) => TorchScriptArchive.Sha256Without(bytes, left);

    /// <summary>Loads a fresh copy of the model in eval mode, on the CPU.</summary>
    /// <exception cref="UtafException">UTAF1103: torch refuses the archive.</exception>
    public jit.ScriptModule<Tensor, Tensor> Load()
    {
        try
        {
            var module = jit.load<Tensor, Tensor>(bytes);
            if (module.parameters().Any())
            {
                // A frozen module has no modes and no parameters; it is in eval mode for good.
                module.eval();
            }

            return module;
        }
        catch (ExternalException e)
        {
            throw Errors.TruncatedModel(Path, FirstLine(e));
        }
    }

    /// <summary>Runs the model and says in its owner's terms why it cannot.</summary>
    /// <param name="module">A model that <see cref="Load"/> made.</param>
    /// <param name="inputs">[N, input…], float32.</param>
    /// <param name="refused">The error for inputs that the model does not take; null for UTAF1106.</param>
    /// <returns>One tensor [N, …].</returns>
    /// <exception cref="UtafException">UTAF1106: the input does not fit; UTAF1107: the output is not one tensor [N, …].</exception>
    public Tensor Run(jit.ScriptModule<Tensor, Tensor> module, Tensor inputs, Func<string, UtafException>? refused = null)
    {
        Tensor outputs;
        try
        {
            outputs = module.forward(inputs);
        }
        catch (Exception e) when (e is InvalidCastException or ArgumentOutOfRangeException)
        {
            // TorchSharp casts what came back, and looks past the end of nothing for a dictionary.
            throw Errors.NotOneOutput(Path, "several values or a container");
        }
        catch (ExternalException e)
        {
            var found = $"[{string.Join(", ", inputs.shape)}] float32, refused with \"{Reason(e)}\"";
            throw refused?.Invoke(found) ?? Errors.WrongInput(Path, "one tensor that the model's code accepts", found);
        }

        return outputs.dim() > 0 && outputs.shape[0] == inputs.shape[0] && outputs.is_floating_point()
            ? Network.OneRowEach(outputs)
            : throw Errors.NotOneOutput(Path, $"{outputs.dtype} [{string.Join(", ", outputs.shape)}] for {inputs.shape[0]} inputs");
    }

    private static string FirstLine(ExternalException e) => e.Message.Split('\n', 2)[0].Trim();

    // An interpreter error wraps the operator's own message in a trace; the line that starts with RuntimeError says it.
    private static string Reason(ExternalException e)
    {
        var lines = e.Message.Split('\n').Select(line => line.Trim()).ToList();
        const string marker = "RuntimeError: ";
        return lines.FirstOrDefault(line => line.StartsWith(marker, StringComparison.Ordinal)) is { } line ? line[marker.Length..] : lines[0];
    }
}
