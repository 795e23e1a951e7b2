namespace Utaf.Configuration;

/// <summary>A secret's place, never its value: <c>env:NAME</c>.</summary>
/// <param name="Variable">The environment variable that holds it.</param>
public sealed record Secret(string Variable)
{
    private const string Scheme = "env:";

    /// <summary>Reads <c>env:NAME</c>.</summary>
    /// <returns>Null if the text has another form: it may be a secret itself and must not be shown.</returns>
    public static Secret? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.StartsWith(Scheme, StringComparison.Ordinal) && text.Length > Scheme.Length
            && text[Scheme.Length..].All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_')
            ? new Secret(text[Scheme.Length..])
            : null;
    }

    /// <summary>The secret's value.</summary>
    /// <param name="purpose">What it is for, for the error.</param>
    /// <param name="environment">Reads a variable; the process's environment if null.</param>
    /// <exception cref="UtafException">UTAF1012: the variable is not set, or empty.</exception>
    public string Read(string purpose, Func<string, string?>? environment = null) =>
        (environment ?? Environment.GetEnvironmentVariable)(Variable) is { Length: > 0 } value
            ? value
            : throw Errors.SecretMissing(purpose, Variable);

    /// <inheritdoc/>
    public override string ToString() => Scheme + Variable;
}
