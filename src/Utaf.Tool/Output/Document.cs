using Utaf.Tool.Options;

namespace Utaf.Tool.Output;

/// <summary>What a command was asked for, in each of the formats.</summary>
internal abstract record Document
{
    /// <summary>One JSON object, indented, without a final line end.</summary>
    public abstract string ToJson();

    /// <summary>In a format that only reports have.</summary>
    public virtual string ToReport(DocumentFormat format) => throw new NotSupportedException($"This document has no format {format}.");

    /// <summary>For people.</summary>
    public abstract void WriteTo(TextPage page);
}
