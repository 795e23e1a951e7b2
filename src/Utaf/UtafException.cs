namespace Utaf;

/// <summary>An error with a documented code. Made by <see cref="Errors"/> only.</summary>
public sealed class UtafException : Exception
{
    internal UtafException(Diagnostic diagnostic, Exception? inner = null)
        : base(diagnostic.Message, inner) => Diagnostic = diagnostic;

    /// <summary>The code, the exit code and the origin.</summary>
    public Diagnostic Diagnostic { get; }
}
