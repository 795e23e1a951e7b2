using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace Utaf.Reports;

/// <summary>
/// HTML under construction. Only interpolated strings can be added: their literal parts are markup, their holes are text and
/// are escaped, so no value can become markup.
/// </summary>
internal sealed class HtmlPage
{
    private readonly StringBuilder html = new();

    /// <summary>Adds markup. A hole may not itself add to the page.</summary>
    public HtmlPage Add([InterpolatedStringHandlerArgument("")] ref Markup markup)
    {
        _ = markup;
        return this;
    }

    /// <summary>Adds the page's own style sheet, in which a character reference would be none.</summary>
    public void AddStyle(string css) => html.Append(css);

    public override string ToString() => html.ToString();

    /// <summary>Writes an interpolated string's parts into the page.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct Markup
    {
        private readonly HtmlPage page;

        public Markup(int literalLength, int formattedCount, HtmlPage page)
        {
            this.page = page;
            page.html.EnsureCapacity(page.html.Length + literalLength + formattedCount);
        }

        public void AppendLiteral(string markup) => page.html.Append(markup);

        public void AppendFormatted(string? text) => page.html.Append(WebUtility.HtmlEncode(text));

        public void AppendFormatted(int number) => page.html.Append(number.ToString(CultureInfo.InvariantCulture));

        /// <summary>A coordinate or a percentage.</summary>
        public void AppendFormatted(double number) => page.html.Append(number.ToString("0.####", CultureInfo.InvariantCulture));
    }
}
