using System.Text;

namespace Utaf.Data.Tests;

public class CsvFormatTests : DataFolder
{
    [Fact]
    public void The_last_column_is_the_label_unless_told_otherwise()
    {
        var table = DataFormats.Read(Write("a.csv", "1,2,0\n3,4,1\n"));

        Assert.Equal([2], table.InputShape);
        Assert.Equal([1f, 2, 3, 4], table.Inputs);
        Assert.Equal([0f, 1], table.Targets);
    }

    [Theory]
    [InlineData("dose", new[] { 5f, 6 })]
    [InlineData("1", new[] { 5f, 6 })]
    [InlineData("-3", new[] { 7f, 8 })]
    [InlineData("age, dose", new[] { 7f, 5, 8, 6 })]
    [InlineData("weight, kg", new[] { 9f, 10 })]
    public void The_label_is_chosen_by_name_or_position(string label, float[] expected)
    {
        var table = DataFormats.Read(Write("a.csv", "age,dose,\"weight, kg\"\n7,5,9\n8,6,10\n"), new DataOptions(label));

        Assert.Equal(expected, table.Targets);
        Assert.Equal(2, table.Count);
    }

    [Fact]
    public void Without_a_label_every_column_is_an_input()
    {
        var table = DataFormats.Read(Write("a.csv", "1,2\n"), new DataOptions("none"));

        Assert.Equal([1f, 2], table.Inputs);
        Assert.Equal(0, table.TargetWidth);
    }

    [Fact]
    public void Skipped_columns_may_hold_any_text_and_make_no_header()
    {
        var table = DataFormats.Read(Write("a.csv", "patient-1,1,2\npatient-2,3,4\n"), new DataOptions(SkipColumns: 1));

        Assert.Equal([1f, 3], table.Inputs);
    }

    [Theory]
    [InlineData("a.csv", "1,2.5,0\n")]
    [InlineData("a.csv", "x;y;z\r\n1;2.5;0\r\n")]
    [InlineData("a.tsv", "1\t2.5\t0")]
    [InlineData("a.txt", "1 2.5 0\n")]
    [InlineData("a.csv", "\uFEFF\"x\",\"y\",\"z\"\n\"1\",\"2.5\",\"0\"\n")]
    [InlineData("a.csv", "\n1, 2.50e0 ,0\n\n")]
    public void Customary_spellings_of_one_table_read_alike(string name, string content)
    {
        var table = DataFormats.Read(Write(name, content));

        Assert.Equal([1f, 2.5f], table.Inputs);
        Assert.Equal([0f], table.Targets);
    }

    [Fact]
    public void A_given_delimiter_and_header_override_what_is_detected()
    {
        var table = DataFormats.Read(Write("a.csv", "0|1\n5|6\n"), new DataOptions(Delimiter: '|', Header: true));

        Assert.Equal([5f], table.Inputs);
    }

    [Fact]
    public void Gzip_is_told_by_its_content()
    {
        Assert.Equal([1f], DataFormats.Read(Write("a.csv.gz", Gzip("1,0\n"u8.ToArray()))).Inputs);
        Assert.Equal([1f], DataFormats.Read(Write("b.csv", Gzip("1,0\n"u8.ToArray()))).Inputs);
        Assert.Equal([1f], DataFormats.Read(Write("c.csv.gz", "1,0\n")).Inputs);
    }

    [Fact]
    public void A_truncated_gzip_is_an_error_wherever_it_ends()
    {
        var whole = Gzip(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 2000).Select(i => $"{i * 7919 % 1000},{i % 2}\n"))));

        foreach (var kept in new[] { 5, 18, whole.Length / 2, whole.Length - 8, whole.Length - 1 })
        {
            Assert.Contains("UTAF1207", ErrorOf(Write("a.csv.gz", whole[..kept])), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_cell_that_is_no_number_is_named_by_line_and_column()
    {
        var path = Write("a.csv", "x,y\n\n1,0\n2,oops\n");

        Assert.Equal($"{path}(4) : error UTAF1201: Expected a number in row 4, column 'y', found 'oops'. Correct or remove the row.", ErrorOf(path));
    }

    [Theory]
    [InlineData("1,2\n7,\n", "row 2, column 1 (the first is 0), found ''")]
    [InlineData("1;2\n7,4;2\n", "row 2, column 0 (the first is 0), found '7,4'")]
    [InlineData("NA,2\n1,2\n", "row 1, column 0 (the first is 0), found 'NA'")]
    public void Gaps_and_decimal_commas_are_no_numbers(string content, string expected)
    {
        var error = ErrorOf(Write("a.csv", content));

        Assert.Contains("UTAF1201", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1e300")]
    public void A_number_must_be_finite(string cell)
    {
        var error = ErrorOf(Write("a.csv", $"x,y\n1,2\n{cell},2\n"));

        Assert.Contains($"(3) : error UTAF1202: Expected a finite number in row 3, column 'x', found {cell}.", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1,2,3\n4,5\n", 2)]
    [InlineData("1,2,3\n4,5,6,7\n", 4)]
    public void A_row_of_another_width_is_an_error(string content, int found) =>
        Assert.Contains(
            $"(2) : error UTAF1208: Expected 3 columns as in the first row, found {found} in row 2.",
            ErrorOf(Write("a.csv", content)),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("x,y\n1,2\n", "z", "UTAF1203", "the columns x, y")]
    [InlineData("1,2\n1,2\n", "2", "UTAF1203", "2 columns without names")]
    [InlineData("x,x\n1,2\n", "x", "UTAF1207", "choose one by its position")]
    [InlineData("x,y,z\n1,2,3\n", "x,0", "UTAF1001", "every column once")]
    [InlineData("1\n2\n", null, "UTAF1207", "at least one input column")]
    public void A_label_that_cannot_be_chosen_is_an_error(string content, string? label, string code, string text)
    {
        var error = ErrorOf(Write("a.csv", content), new DataOptions(label));

        Assert.Contains(code, error, StringComparison.Ordinal);
        Assert.Contains(text, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "UTAF1207")]
    [InlineData("\n\n", "UTAF1209")]
    [InlineData("x,y\n", "UTAF1209")]
    [InlineData("1,\"2\n3,4\n", "UTAF1207")]
    public void Empty_and_malformed_files_are_errors(string content, string code) =>
        Assert.Contains(code, ErrorOf(Write("a.csv", content)), StringComparison.Ordinal);

    [Fact]
    public void Rows_of_a_split_still_name_their_lines()
    {
        var table = DataFormats.Read(Write("a.csv", "x,y\n1,0\n\n2,1\n"));

        Assert.Equal([2, 4], table.Rows!);
        Assert.Equal(4, table.Subset([1]).RowOf(0));
    }
}
