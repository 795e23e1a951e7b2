using System.Text.RegularExpressions;

namespace Utaf.Models;

/// <summary>
/// Reads the code of a TorchScript archive word by word, as the compiler will, and finds what could reach beyond
/// tensors. Spaces, line breaks, other names for <c>torch</c> and <c>getattr</c> do not hide a call from it.
/// </summary>
internal static partial class TorchScriptCode
{
    // Namespaces of operators that compute. Others (rpc, image, profiler, ...) reach the network, files or the process.
    private static readonly string[] ComputingNamespaces = ["aten", "prim", "quantized", "_quantized", "prepacked", "torchvision"];

    /// <summary>The first thing in the code that UTAF does not run: its name and line; null when there is none.</summary>
    public static (string What, int Line)? FirstUnsafe(string code)
    {
        var words = Word().Matches(code).Where(match => match.Groups["code"].Success).ToList();
        for (var i = 0; i < words.Count; i++)
        {
            if (Unsafe(i) is { } what)
            {
                return (what, code.AsSpan(0, words[i].Index).Count('\n') + 1);
            }
        }

        return null;

        string At(int index) => index >= 0 && index < words.Count ? words[index].Value : "";

        string? Unsafe(int i) => At(i) switch
        {
            "torch" when At(i - 1) != "." => At(i + 1) == "." && At(i + 3) == "(" ? Operator("aten", At(i + 2)) : "torch as a value",
            "ops" when At(i - 1) != "." => At(i + 1) == "." && At(i + 3) == "." && At(i + 5) == "(" ? Operator(At(i + 2), At(i + 4)) : "ops as a value",
            "print" when At(i - 1) != "." && At(i + 1) == "(" => "prim::Print",
            "classes" when At(i - 1) == "." && At(i - 2) == "torch" && At(i + 2) != "quantized" => $"torch.classes.{At(i + 2)}",
            _ => null,
        };
    }

    /// <summary>Which kinds of convolution the code calls. A traced one says by its seventh argument whether it is transposed.</summary>
    public static ConvolutionKinds Convolutions(string code)
    {
        var kinds = PlainConvolution().IsMatch(code) ? ConvolutionKinds.Plain : ConvolutionKinds.None;
        kinds |= TransposedConvolution().IsMatch(code) ? ConvolutionKinds.Transposed : ConvolutionKinds.None;
        return TracedConvolution().Matches(code).Aggregate(
            kinds,
            (found, match) => found | (match.Groups["transposed"].ValueSpan is "True" ? ConvolutionKinds.Transposed : ConvolutionKinds.Plain));
    }

    private static string? Operator(string space, string name) =>
        ComputingNamespaces.Contains(space) && !ReachesOut().IsMatch(name) ? null : $"{space}::{name}";

    // Strings and comments are read too, so that nothing in them counts and nothing after them is missed. The dots of a
    // number (1.) and of an ellipsis belong to them: they do not make an attribute of the word on the next line.
    [GeneratedRegex(
        """"
        (?:
            '{3}(?:\\.|(?!'{3})[^\\])*'{3} | "{3}(?:\\.|(?!"{3})[^\\])*"{3}
            | '(?:\\.|[^'\\])*' | "(?:\\.|[^"\\])*"
            | \#[^\n]*
            | \\\r?\n
        )
        | (?<code>\d\w*\.?\d* | \.{3} | \w+ | [^\w\s])
        """",
        RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Word();

    [GeneratedRegex(@"\bconv[123]d\s*\(")]
    private static partial Regex PlainConvolution();

    [GeneratedRegex(@"\bconv_transpose[123]d\s*\(")]
    private static partial Regex TransposedConvolution();

    [GeneratedRegex(@"\b_convolution\s*\([^\[\]()]*\[[^\]]*\],\s*\[[^\]]*\],\s*\[[^\]]*\],\s*(?<transposed>True|False)")]
    private static partial Regex TracedConvolution();

    [GeneratedRegex("(?:^|_)(?:save|load|file|pickle|unpickle|read|write|open|fork|system|exec)(?:_|$)", RegexOptions.IgnoreCase)]
    private static partial Regex ReachesOut();
}
