using System.Text;

namespace Utaf.Benchmarks.Reports;

/// <summary>A table in Markdown.</summary>
internal static class MarkdownTable
{
    /// <param name="text">What it is added to, an empty line after it.</param>
    /// <param name="columns">The names.</param>
    /// <param name="rows">Each with a cell for every column.</param>
    public static void Append(StringBuilder text, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        Row(columns);
        text.Append('|').Append(string.Concat(columns.Select(_ => "---|"))).Append('\n');
        foreach (var row in rows)
        {
            Row(row);
        }

        text.Append('\n');

        // A bar in a name would begin another cell.
        void Row(IReadOnlyList<string> cells) => text.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" "))).Append(" |\n");
    }
}
