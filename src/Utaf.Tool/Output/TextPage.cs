using Spectre.Console;

namespace Utaf.Tool.Output;

/// <summary>What a cell's text means for the reader.</summary>
internal enum Tone
{
    /// <summary>Nothing special.</summary>
    Plain,

    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Needs attention.</summary>
    Bad,

    /// <summary>Of less weight.</summary>
    Faint,
}

/// <summary>One cell of a table.</summary>
internal readonly record struct Cell(string Text, Tone Tone = Tone.Plain)
{
    public static implicit operator Cell(string text) => new(text);
}

/// <summary>A column's heading; numbers stand right-aligned.</summary>
internal readonly record struct Column(string Heading, bool IsNumber = false)
{
    public static implicit operator Column(string heading) => new(heading);

    /// <summary>A column of numbers.</summary>
    public static Column Number(string heading) => new(heading, IsNumber: true);
}

/// <summary>A document for people: lines, facts and tables. Text is never read as markup.</summary>
internal sealed class TextPage
{
    private readonly IAnsiConsole console;

    /// <summary>Starts a page.</summary>
    /// <param name="writer">Gets the page.</param>
    /// <param name="colours">Whether it may have colours.</param>
    /// <param name="width">Columns; longer lines are wrapped.</param>
    public TextPage(TextWriter writer, bool colours, int width)
    {
        console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = colours ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = colours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = width;

        // Of no consequence for a page, but asked of the terminal's database if it is not said.
        console.Profile.Height = 24;
        console.Profile.Capabilities.Unicode = true;
    }

    /// <summary>A line of text; an empty one without text.</summary>
    public void Line(string text = "", Tone tone = Tone.Plain) => console.Write(new Text(text + "\n", StyleOf(tone)));

    /// <summary>Names and values, one pair a line, the values aligned.</summary>
    public void Facts(params IReadOnlyList<(string Name, Cell Value)> facts)
    {
        var grid = new Grid();
        grid.AddColumn(new GridColumn { NoWrap = true, Padding = new Padding(0, 0, 2, 0) });
        grid.AddColumn(new GridColumn { Padding = new Padding(0, 0, 0, 0) });
        foreach (var (name, value) in facts)
        {
            grid.AddRow(new Text(name, StyleOf(Tone.Faint)), new Text(value.Text, StyleOf(value.Tone)));
        }

        console.Write(grid);
    }

    /// <summary>A table.</summary>
    public void Table(IReadOnlyList<Column> columns, IEnumerable<IReadOnlyList<Cell>> rows)
    {
        var table = new Table { Border = TableBorder.Simple, ShowRowSeparators = false };
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(new Text(column.Heading)) { Alignment = column.IsNumber ? Justify.Right : Justify.Left });
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(cell => new Text(cell.Text, StyleOf(cell.Tone))));
        }

        console.Write(table);
    }

    private static Style StyleOf(Tone tone) => tone switch
    {
        Tone.Good => new Style(Color.Green),
        Tone.Bad => new Style(Color.Red),
        Tone.Faint => new Style(Color.Grey),
        _ => Style.Plain,
    };
}
