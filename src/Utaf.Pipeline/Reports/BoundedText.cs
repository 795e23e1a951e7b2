using System.Text;

namespace Utaf.Reports;

/// <summary>Text that never outgrows a number of bytes in UTF-8.</summary>
/// <param name="mostBytes">The bound; it must have room for what is added without asking.</param>
internal sealed class BoundedText(int mostBytes)
{
    /// <summary>For the lines that say what was left out.</summary>
    private const int Reserve = 4096;

    private readonly StringBuilder text = new();
    private int bytes;

    /// <summary>Adds a short text.</summary>
    public void Add(string part)
    {
        text.Append(part);
        bytes += Encoding.UTF8.GetByteCount(part);
    }

    /// <summary>Adds parts until one does not fit.</summary>
    /// <param name="parts">Made one by one.</param>
    /// <param name="most">A tighter bound for these.</param>
    /// <returns>How many parts were left out.</returns>
    public int AddWhileRoom(IEnumerable<string> parts, int? most = null)
    {
        var left = 0;
        foreach (var part in parts)
        {
            if (left > 0 || bytes + Encoding.UTF8.GetByteCount(part) > (most ?? mostBytes) - Reserve)
            {
                left++;
            }
            else
            {
                Add(part);
            }
        }

        return left;
    }

    public override string ToString() => text.ToString();
}
