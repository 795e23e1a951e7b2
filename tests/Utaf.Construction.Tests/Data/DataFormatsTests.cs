using System.Globalization;

namespace Utaf.Data.Tests;

public class DataFormatsTests : DataFolder
{
    [Fact]
    public void Inputs_and_targets_are_divided_by_their_scales()
    {
        var table = DataFormats.Read(Write("a.csv", "255,49\n51,21\n"), new DataOptions(LabelScale: 7, Scale: 255));

        Assert.Equal([1f, 0.2f], table.Inputs);
        Assert.Equal([7f, 3], table.Targets);
    }

    [Fact]
    public void A_scale_that_makes_numbers_infinite_is_an_error() =>
        Assert.Contains("UTAF1202", ErrorOf(Write("a.csv", "255,49\n"), new DataOptions(Scale: 1e-300)), StringComparison.Ordinal);

    [Fact]
    public void Targets_come_from_a_file_of_their_own()
    {
        var labels = Write("y.csv", "dose,days\n5,6\n7,8\n");

        var table = DataFormats.Read(Write("x.csv", "1,2,3\n4,5,6\n"), new DataOptions(LabelFile: labels));

        Assert.Equal([3], table.InputShape);
        Assert.Equal([5f, 6, 7, 8], table.Targets);
        Assert.Equal(2, table.TargetWidth);
    }

    [Fact]
    public void Targets_of_another_count_are_an_error_of_their_file()
    {
        var labels = Write("y.csv", "5\n");

        var error = ErrorOf(Write("x.csv", "1,2\n4,5\n"), new DataOptions(LabelFile: labels));

        Assert.StartsWith($"{labels} : error UTAF1207: Expected labels for the 2 examples", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_an_error()
    {
        Assert.Contains("UTAF1002", ErrorOf(PathOf("absent.csv")), StringComparison.Ordinal);
        Assert.Contains("absent.csv : error UTAF1002", ErrorOf(Write("x.csv", "1\n"), new DataOptions(LabelFile: PathOf("absent.csv"))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_an_error()
    {
        var path = Write("x.csv", "1,2\n");
        using var locked = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        Assert.Contains("UTAF1003", ErrorOf(path), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_format_lists_the_known_ones()
    {
        var error = ErrorOf(Write("a.parquet", "PAR1"));

        Assert.Contains("UTAF1207", error, StringComparison.Ordinal);
        Assert.All(DataFormats.All, format => Assert.Contains(format.Description, error, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(-1, 1, 1, ',')]
    [InlineData(0, 0, 1, ',')]
    [InlineData(0, double.NaN, 1, ',')]
    [InlineData(0, 1, 0, ',')]
    [InlineData(0, 1, double.PositiveInfinity, ',')]
    [InlineData(0, 1, 1, '.')]
    [InlineData(0, 1, 1, '"')]
    [InlineData(0, 1, 1, '\n')]
    [InlineData(0, 1, 1, '5')]
    public void Options_outside_their_range_are_errors(int skip, double scale, double labelScale, char delimiter) =>
        Assert.Contains(
            "UTAF1001",
            ErrorOf(Write("a.csv", "1,2\n"), new DataOptions(SkipColumns: skip, Scale: scale, LabelScale: labelScale, Delimiter: delimiter)),
            StringComparison.Ordinal);

    [Fact]
    public void A_label_column_and_a_label_file_exclude_each_other() =>
        Assert.Contains("--label is 'y'", ErrorOf(Write("a.csv", "1,2\n"), new DataOptions("y", LabelFile: "y.csv")), StringComparison.Ordinal);

    [Fact]
    public void Every_number_is_written_and_read_with_a_decimal_point()
    {
        var culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = "," } };

            Assert.Equal([1.5f], DataFormats.Read(Write("a.csv", "1.5,0\n")).Inputs);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }
}
