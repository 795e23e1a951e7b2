namespace Utaf.Data.Tests;

public class LabelsTests
{
    [Fact]
    public void Whole_numbers_below_the_class_count_are_classes() => Labels.RequireClasses(Labelled(0, 2, 1, 0), 3);

    [Fact]
    public void A_class_may_be_absent_from_the_data() => Labels.RequireClasses(Labelled(0, 9), 10);

    [Theory]
    [InlineData(3f)]
    [InlineData(-1f)]
    [InlineData(0.5f)]
    [InlineData(float.NaN)]
    public void Another_label_is_an_error_that_names_its_row(float label)
    {
        var error = Assert.Throws<UtafException>(() => Labels.RequireClasses(Labelled(0, 1, label) with { Rows = [2, 3, 4] }, 3)).Diagnostic;

        Assert.Equal(("UTAF1204", "data.csv(4)"), (error.Code, error.Origin));
    }

    [Fact]
    public void One_class_alone_is_too_few() =>
        Assert.Equal("UTAF1205", Assert.Throws<UtafException>(() => Labels.RequireClasses(Labelled(1, 1, 1), 3)).Diagnostic.Code);

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Data_without_one_label_per_example_is_refused(int width)
    {
        var table = new DataTable([1], [1, 2], width, new float[2 * width], "data.csv");

        Assert.Equal("UTAF1206", Assert.Throws<UtafException>(() => Labels.RequireClasses(table, 3)).Diagnostic.Code);
    }

    private static DataTable Labelled(params float[] labels) => new([1], new float[labels.Length], 1, labels, "data.csv");
}
