using System.Text;
using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Utaf.Reports;
using Utaf.Verification;

namespace Utaf.Pipeline.Tests.Reports;

/// <summary>What a step's summary shows.</summary>
public sealed class MarkdownReportTests
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables().UseEmphasisExtras().UseAutoLinks().UseTaskLists().UseFootnotes().UseMathematics().UseAlertBlocks().UseEmojiAndSmiley().Build();

    [Theory]
    [MemberData(nameof(SampleReports.Names), MemberType = typeof(SampleReports))]
    public void It_can_be_appended_to_what_another_step_wrote(string name)
    {
        var text = Render(SampleReports.Named(name));
        Assert.StartsWith("\n", text, StringComparison.Ordinal);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        Assert.IsType<HeadingBlock>(Markdown.Parse("a paragraph of another step\n" + text, Pipeline)[1]);
    }

    [Theory]
    [MemberData(nameof(SampleReports.Names), MemberType = typeof(SampleReports))]
    public void Only_our_own_markup_is_in_it(string name)
    {
        var document = Markdown.Parse(Render(SampleReports.Named(name)), Pipeline);
        Assert.Empty(document.Descendants<LinkInline>());
        Assert.Empty(document.Descendants<AutolinkInline>());
        Assert.All(document.Descendants<HtmlInline>(), tag => Assert.Contains(tag.Tag, new[] { "<sub>", "</sub>", "<summary>", "</summary>" }));
        Assert.All(
            document.Descendants<HtmlBlock>().Select(block => block.Lines.ToString().Trim()),
            block => Assert.Contains(block, new[]
            {
                "<details><summary>Numbers and evidence</summary>", "<details open><summary>Numbers and evidence</summary>", "</details>",
            }));
        Assert.DoesNotContain(document.Descendants<LiteralInline>(), literal => literal.Content.ToString().AsSpan().ContainsAny('@', '#', '<'));
    }

    [Fact]
    public void Every_row_of_the_table_is_whole()
    {
        var tables = Markdown.Parse(Render(SampleReports.Everything), Pipeline).Descendants<Table>().ToList();
        Assert.Equal(1 + SampleReports.Everything.Findings.Count, tables.Count);
        Assert.All(tables[0], row => Assert.Equal(ReportWords.Columns.Count, ((TableRow)row).Count));
        Assert.Equal(1 + SampleReports.Everything.Findings.Count, tables[0].Count);
    }

    [Fact]
    public void What_needs_attention_stands_first()
    {
        var headings = Markdown.Parse(Render(SampleReports.Watch), Pipeline).Descendants<HeadingBlock>().Where(heading => heading.Level == 3)
            .Select(heading => string.Concat(heading.Inline!.Descendants<CodeInline>().Select(code => code.Content)));
        Assert.Equal(["prices-api", "unreachable", "名前 🙂", "doubtful", "wettbewerb-größe"], headings);
    }

    [Theory]
    [InlineData(5_000)]
    [InlineData(100_000)]
    public void GitHub_takes_it_however_much_was_found(int findings)
    {
        var text = Render(SampleReports.Of(
            [.. Enumerable.Range(0, findings).Select(i => SampleReports.Scored($"{i}: {SampleReports.HostileName}", 0.9, Decision.PiracySuspected))]));
        Assert.InRange(Encoding.UTF8.GetByteCount(text), 900_000, 1 << 20);
        Assert.Matches("Details of [0-9]+ more findings are left out", text);
        Assert.EndsWith("</sub>\n", text, StringComparison.Ordinal);
        Assert.Contains("\n### ❌", text, StringComparison.Ordinal);
    }

    private static string Render(VerificationReport report) => new MarkdownReport().Render(report);
}
