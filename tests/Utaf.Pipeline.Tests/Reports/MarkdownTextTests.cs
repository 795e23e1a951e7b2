using System.Text.RegularExpressions;
using CsCheck;
using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Utaf.Reports;

namespace Utaf.Pipeline.Tests.Reports;

/// <summary>Read by a Markdown parser that knows all that GitHub does, the text is what it was.</summary>
public sealed partial class MarkdownTextTests
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables().UseGridTables().UseEmphasisExtras().UseAutoLinks().UseTaskLists().UseFootnotes().UseMathematics().UseListExtras()
        .UseAlertBlocks().UseEmojiAndSmiley().UseAutoIdentifiers()
        .Build();

    private static readonly Gen<string> Hostile = Gen.OneOf(
        Gen.String[Gen.Char["`|\\*_~[]()<>#@!&;:-+=.$^\"' \n\tab1"], 0, 30],
        Gen.String[0, 30],
        Gen.OneOf(
            "@octocat", "#1", "org/repo#12", "GH-26", "https://evil.example/a?b=c", "www.evil.example", "mail@evil.example", "<script>alert(1)</script>",
            "<!-- utaf -->", "![x](http://evil.example/p.png)", "[a](javascript:alert(1))", "# Heading", "1. one", "a. one", "- [ ] task", "```", "~~~\ncode",
            "|a|b|\n|-|-|", "a\\|b", "&lt;b&gt;", "&#64;octocat", ":tada:", "$x$", "[^1]", "> quote", "    code", "---", "===", "0123456789abcdef0123456789abcdef01234567",
            "deadbeef", "*a* **b** ~~c~~", "\\", "`", "``", "` `", " ` ", "</details>", "a | b", "(p-value 0.25 from 3 held-out negatives)."))
        .Array[1, 4].Select(parts => string.Join(' ', parts));

    [Fact]
    public void Prose_holds_exactly_its_text() => Hostile.Sample(text => Check(text, MarkdownText.Escape(text)), iter: 3000);

    [Fact]
    public void A_name_holds_exactly_its_text() => Hostile.Sample(text => Check(text, MarkdownText.Code(text)), iter: 3000);

    [Theory]
    [InlineData("The matching rate 0.98 is above the threshold 0.5 (p-value 0.0077 from 129 held-out negatives).", "")]
    [InlineData("see @octocat and #1 now", "see `@octocat` and `#1` now")]
    [InlineData("@octocat at https://x.example", "`@octocat` at `https://x.example`")]
    [InlineData("1. first", "`1`. first")]
    [InlineData("deadbeef is a commit", "`deadbeef` is a commit")]
    [InlineData("(see #1).", "(see `#1`).")]
    [InlineData("p₊ = 0.5, threshold ρ = 0.4", "")]
    [InlineData("= = =", "`=` = =")]
    [InlineData("fix GH-26 in 1234567", "fix `GH-26` in `1234567`")]
    public void Sentences_stay_readable(string text, string expected) =>
        Assert.Equal(expected.Length == 0 ? text : expected, MarkdownText.Escape(text));

    [Theory]
    [InlineData("plain", "`plain`")]
    [InlineData("a`b", "``a`b``")]
    [InlineData("`", "`` ` ``")]
    [InlineData("a|b", "`a`&#124;`b`")]
    [InlineData("", "")]
    public void Names_are_code(string text, string expected) => Assert.Equal(expected, MarkdownText.Code(text));

    [Fact]
    public void A_text_without_end_is_cut() => Assert.Equal(202, MarkdownText.Code(new string('x', 100_000)).Length);

    private static void Check(string text, string written)
    {
        var literal = Untrusted.Line(text);
        foreach (var (document, found) in new[] { InParagraph(written), InHeading(written), InItem(written), InCell(written) })
        {
            Assert.Equal(literal, found);
            foreach (var inline in document.Descendants<Inline>().Where(inline => inline is not ContainerInline { Parent: null }))
            {
                Assert.True(inline is LiteralInline or CodeInline or HtmlEntityInline, $"{inline.GetType().Name} in {written}");
                Assert.False(inline is LiteralInline plain && Dangerous().IsMatch(plain.Content.ToString()), written);
            }
        }
    }

    private static (MarkdownDocument Document, string Text) InParagraph(string written)
    {
        var document = Markdown.Parse(written, Pipeline);
        return (document, document.Count == 0 ? "" : Text(Assert.IsType<ParagraphBlock>(Assert.Single(document)).Inline));
    }

    private static (MarkdownDocument Document, string Text) InHeading(string written)
    {
        var document = Markdown.Parse($"## {written}\n", Pipeline);
        return (document, Text(Assert.IsType<HeadingBlock>(Assert.Single(document)).Inline));
    }

    private static (MarkdownDocument Document, string Text) InItem(string written)
    {
        var document = Markdown.Parse($"- x: {written}\n", Pipeline);
        var item = Assert.IsType<ListItemBlock>(Assert.Single(Assert.IsType<ListBlock>(Assert.Single(document))));
        return (document, Text(Assert.IsType<ParagraphBlock>(Assert.Single(item)).Inline)[2..].TrimStart(' '));
    }

    private static (MarkdownDocument Document, string Text) InCell(string written)
    {
        var document = Markdown.Parse($"| a | b |\n|---|---|\n| {written} | x |\n", Pipeline);
        var rows = Assert.IsType<Table>(Assert.Single(document)).Cast<TableRow>().ToList();
        Assert.Equal(2, rows.Count);
        Assert.Equal(2, rows[1].Count);
        var cell = (TableCell)rows[1][0];
        return (document, cell.Count == 0 ? "" : Text(((ParagraphBlock)cell[0]).Inline));
    }

    private static string Text(ContainerInline? inlines) => string.Concat((inlines ?? new ContainerInline()).Select(inline => inline switch
    {
        LiteralInline literal => literal.Content.ToString(),
        CodeInline code => code.Content,
        HtmlEntityInline entity => entity.Transcoded.ToString(),
        _ => $"<{inline.GetType().Name}>",
    }));

    [GeneratedRegex(@"[@#<>&]\w|\w[@/#]|:\w+:|www\.|\b[0-9a-f]{7,}\b", RegexOptions.IgnoreCase)]
    private static partial Regex Dangerous();
}
