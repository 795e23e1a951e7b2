namespace Utaf.Data.Tests;

/// <summary>The column that says which query a row is a document of.</summary>
public sealed class QueryColumnTests : DataFolder
{
    [Theory]
    [InlineData("qid", "qid,x,y\na,1,0\nb,2,1\na,3,2\n", 0)]
    [InlineData("0", "a,1,0\nb,2,1\na,3,2\n", 0)]
    [InlineData("-3", "7,1,0\n12,2,1\n7,3,2\n", 0)]
    [InlineData("0", "a,1,0\nb,2,1\na,3,2\n", 1)]
    [InlineData("1", "1,a,0\n2,b,1\n3,a,2\n", 0)]
    public void Queries_are_numbered_and_no_inputs(string column, string content, int skipped)
    {
        var table = DataFormats.Read(Write("a.csv", content), new DataOptions(SkipColumns: skipped, QueryColumn: column));

        Assert.Equal([0, 1, 0], table.Queries!);
        Assert.Equal([1f, 2, 3], table.Inputs);
        Assert.Equal([0f, 1, 2], table.Targets);
    }

    [Fact]
    public void Without_the_option_there_are_none() => Assert.Null(DataFormats.Read(Write("a.csv", "1,2,0\n3,4,1\n")).Queries);

    [Fact]
    public void Labels_of_another_file_leave_them_as_they_are()
    {
        var labels = Write("labels.csv", "5\n6\n");
        var table = DataFormats.Read(Write("a.csv", "q,1\nq,2\n"), new DataOptions(LabelFile: labels, QueryColumn: "0"));

        Assert.Equal([0, 0], table.Queries!);
        Assert.Equal([1f, 2], table.Inputs);
        Assert.Equal([5f, 6], table.Targets);
    }

    [Theory]
    [InlineData("UTAF1203", "query", "qid,x,y\n1,2,3\n", "--query-column")]
    [InlineData("UTAF1203", "3", "1,2,3\n", "--query-column")]
    [InlineData("UTAF1207", "0", "1,2,3\n,2,3\n", "query")]
    [InlineData("UTAF1001", "-1", "1,2,3\n", "--label")]
    public void A_column_that_names_no_queries_is_an_error(string code, string column, string content, string said)
    {
        var error = Assert.Throws<UtafException>(() => DataFormats.Read(Write("a.csv", content), new DataOptions(QueryColumn: column))).Diagnostic;

        Assert.Equal(code, error.Code);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_of_a_table_keep_queries_whole_and_the_digest_knows_them()
    {
        var table = new DataTable([1], [.. Enumerable.Range(0, 30).Select(i => (float)i)], 0, [], "x") { Queries = [.. Enumerable.Range(0, 30).Select(i => i % 10)] };
        var (first, second) = table.Split(0.3, 1);

        Assert.Equal((9, 21), (first.Count, second.Count));
        Assert.Empty(first.Queries!.Intersect(second.Queries!));
        Assert.All(first.Inputs.Zip(first.Queries!), document => Assert.Equal(document.First % 10, document.Second));
        Assert.Equal(table.Queries, table.WithInputShape([1, 1]).Queries);
        Assert.NotEqual(table.Sha256(), (table with { Queries = null }).Sha256());
        Assert.NotEqual(table.Sha256(), (table with { Queries = [.. table.Queries!.Reverse()] }).Sha256());
        var single = Assert.Throws<UtafException>(() => (table with { Queries = new int[30] }).Halve(1));
        Assert.Equal("UTAF1214", single.Diagnostic.Code);
    }
}
