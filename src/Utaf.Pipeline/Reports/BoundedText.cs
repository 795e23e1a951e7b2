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

    /// <summary>Adds a part for each item until one does not fit.</summary>
    /// <param name="items">The items; those left out are not written at all.</param>
    /// <param name="write">Writes an item's part.</param>
    /// <param name="most">A tighter bound for these.</param>
    /// <returns>How many items were left out.</returns>
    public int AddWhileRoom<T>(IReadOnlyList<T> items, Func<T, string> write, int? most = null)
    {
        for (var i = 0; i < items.Count; i++)
        {
            var part = write(items[i]);
            if (bytes + Encoding.UTF8.GetByteCount(part) > (most ?? mostBytes) - Reserve)
            {
                return items.Count - i;
            }

            Add(part);
        }

        return 0;
    }

    public override string ToString() => text.ToString();
}
