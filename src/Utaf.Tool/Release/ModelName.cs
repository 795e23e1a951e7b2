namespace Utaf.Tool.Release;

/// <summary>What a model is called whose user did not name it.</summary>
internal static class ModelName
{
    private const int Longest = 100;

    /// <summary>The file's name without its extension, made fit for a store and an address.</summary>
    public static string Of(string file)
    {
        var letters = Path.GetFileNameWithoutExtension(file).Select(letter => Fits(letter) ? letter : '-');
        var fit = string.Concat(letters).TrimStart('.');
        return fit.Length == 0 ? "model" : fit[..Math.Min(Longest, fit.Length)];
    }

    /// <summary>Whether a name that the user gave is one.</summary>
    public static bool IsFit(string name) => name.Length is > 0 and <= Longest && name[0] != '.' && name.All(Fits);

    private static bool Fits(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-';
}
