using Utaf.Reports;

namespace Utaf.Pipeline.Tests.Reports;

/// <summary>Strangers' text on one line.</summary>
public sealed class UntrustedTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("  two\r\n\t lines \u0000\u001b[31m ", "two lines [31m")]
    [InlineData("evil\u202Egpj.exe", "evilgpj.exe")]
    [InlineData("zero\u200Bwidth\uFEFF", "zerowidth")]
    [InlineData("line\u2028separator", "line separator")]
    [InlineData("👩\u200D💻 名前", "👩\u200D💻 名前")]
    [InlineData("", "")]
    public void Nothing_of_it_moves_the_cursor_or_turns_the_line(string text, string line) => Assert.Equal(line, Untrusted.Line(text));

    [Fact]
    public void Half_a_letter_is_marked() => Assert.Equal("half \uFFFD pair", Untrusted.Line("half \uD83D pair"));

    [Fact]
    public void A_long_text_is_cut_between_letters()
    {
        Assert.Equal(new string('a', 199) + "…", Untrusted.Line(new string('a', 1_000_000)));
        Assert.Equal(new string('a', 200), Untrusted.Line(new string('a', 200)));
        Assert.Equal("a…", Untrusted.Line("a🙂🙂", 3));
        Assert.Equal("a🙂…", Untrusted.Line("a🙂🙂", 4));
        Assert.Equal("…", Untrusted.Line("ab", 1));
    }
}
