using System.Text.Json;
using CsCheck;
using Utaf.Endpoints;
using Utaf.Endpoints.Protocols;

namespace Utaf.Pipeline.Tests.Endpoints.Protocols;

/// <summary>RFC 6901.</summary>
public sealed class JsonPointerTests
{
    private const string Document = """{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8,"~1":9}""";

    [Theory]
    [InlineData("/foo/0", "\"bar\"")]
    [InlineData("/foo/1", "\"baz\"")]
    [InlineData("/", "0")]
    [InlineData("/a~1b", "1")]
    [InlineData("/c%d", "2")]
    [InlineData("/e^f", "3")]
    [InlineData("/g|h", "4")]
    [InlineData("/i\\j", "5")]
    [InlineData("/k\"l", "6")]
    [InlineData("/ ", "7")]
    [InlineData("/m~0n", "8")]
    [InlineData("/~01", "9")]
    public void The_specifications_examples_hold(string place, string expected) => Assert.Equal(expected, At(place).GetRawText());

    [Fact]
    public void The_empty_pointer_is_the_whole_document() => Assert.Equal(Document, At("").GetRawText());

    [Theory]
    [InlineData("/foo/2", "there is no '2' in an array of 2")]
    [InlineData("/foo/-", "'-'")]
    [InlineData("/foo/01", "'01'")]
    [InlineData("/foo/+1", "'+1'")]
    [InlineData("/foo/99999999999999999999", "'99999999999999999999'")]
    [InlineData("/foo/", "''")]
    [InlineData("/foo/0/x", "there is no 'x' in a text")]
    [InlineData("/bar", "an object with 'foo'")]
    public void A_place_that_is_not_there_is_told(string place, string said) =>
        Assert.Contains(said, Assert.Throws<BadAnswerException>(() => At(place)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("foo")]
    [InlineData("#/foo")]
    [InlineData("/a~2")]
    [InlineData("/a~")]
    [InlineData("$.foo")]
    public void Other_text_is_no_pointer(string text) => Assert.Null(JsonPointer.Parse(text));

    [Fact]
    public void Any_name_can_be_written() => Gen.String.Where(name => !name.Any(char.IsSurrogate)).Sample(name =>
    {
        using var document = JsonDocument.Parse(JsonSerializer.Serialize(new Dictionary<string, int> { [name] = 5 }));
        var escaped = name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
        return JsonPointer.Parse("/" + escaped)!.In(document.RootElement).GetInt32() == 5;
    });

    private static JsonElement At(string place)
    {
        using var document = JsonDocument.Parse(Document);
        return JsonPointer.Parse(place)!.In(document.RootElement).Clone();
    }
}
