using Utaf.Data;
using Utaf.Models;
using Utaf.Models.Tests;

namespace Utaf.Ensembles.Tests;

public class EnsembleDataTests
{
    private static readonly ModelSignature Quantity = new([5], 1);
    private static readonly ModelSignature Classes = new([1, 8, 8], 4);

    [Fact]
    public void Without_public_data_the_owners_is_halved_and_that_is_said()
    {
        var owner = SmallTask.Table([5], 41, "owner", 0);

        var data = EnsembleData.Prepare(owner, null, [], null, new Regression(), Quantity, seed: 1);

        Assert.Equal(41, data.Owner.Count + data.Public.Count);
        Assert.InRange(data.Owner.Count - data.Public.Count, -1, 1);
        Assert.Equal(owner.Targets.Order(), data.Owner.Targets.Concat(data.Public.Targets).Order());
        Assert.Contains(data.Notes, note => note.Contains("halved", StringComparison.Ordinal));
        Assert.Equal(data.Owner.Sha256(), EnsembleData.Prepare(owner, null, [], null, new Regression(), Quantity, seed: 1).Owner.Sha256());
        Assert.NotEqual(data.Owner.Sha256(), EnsembleData.Prepare(owner, null, [], null, new Regression(), Quantity, seed: 2).Owner.Sha256());
    }

    [Fact]
    public void With_everything_given_there_is_nothing_to_note()
    {
        var table = SmallTask.Table([5], 40, "owner", 0);

        var data = EnsembleData.Prepare(table, SmallTask.Table([5], 30, "public", 0), [SmallTask.Table([3], 20, "foreign", 0)], null, new Regression(), Quantity, 1);

        Assert.Empty(data.Notes);
        Assert.Equal((40, 30), (data.Owner.Count, data.Public.Count));
        Assert.Null(data.ImageShape);
    }

    [Fact]
    public void Foreign_images_are_resized_to_the_owners_shape_and_pixel_range()
    {
        // One image of three channels, 2×4, whose columns are 0, 1, 2, 3 in the first channel and 10 more in the second.
        float[] columns = [0, 1, 2, 3, 0, 1, 2, 3];
        var foreign = new DataTable([3, 2, 4], [.. columns, .. columns.Select(x => x + 10), .. columns.Select(x => x + 20)], 1, [7], "foreign");
        var owner = Range(SmallTask.Table([1, 8, 8], 20, "owner", 4), -1, 1);

        var fitted = EnsembleData.Prepare(owner, owner, [foreign], null, new Classification(), Classes, 1).Irrelevant.Single();

        Assert.Equal([1, 8, 8], fitted.InputShape);
        Assert.Equal((1, 64), (fitted.Count, fitted.ExampleSize));
        Assert.Equal([3f], fitted.Targets);
        Assert.Equal([-1f, -1f, -1 / 3f, -1 / 3f, 1 / 3f, 1 / 3f, 1f, 1f], fitted.Inputs[..8], (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Equal(fitted.Inputs[..8], fitted.Inputs[56..]);
    }

    [Fact]
    public void Foreign_images_fit_flattened_images_too()
    {
        var owner = SmallTask.Table([64], 20, "owner", 4);

        var data = EnsembleData.Prepare(owner, null, [SmallTask.Table([1, 16, 16], 6, "foreign", 10)], [1, 8, 8], new Classification(), new([64], 4), 1);

        Assert.Equal([64], data.Irrelevant[0].InputShape);
        Assert.Equal(6 * 64, data.Irrelevant[0].Inputs.Length);
        Assert.Equal(64, data.Irrelevant[0].ExampleSize);
        Assert.All(data.Irrelevant[0].Targets, label => Assert.InRange(label, 0, 3));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(9)]
    public void Foreign_tables_are_cycled_or_cut_to_the_owners_columns_and_ranges(int width)
    {
        var owner = SmallTask.Table([5], 40, "owner", 0);
        var foreign = SmallTask.Table([width], 30, "foreign", 0);

        var data = EnsembleData.Prepare(owner, SmallTask.Table([5], 30, "public", 0), [foreign], null, new Regression(), Quantity, 1);

        var fitted = data.Irrelevant.Single();
        Assert.Equal((30, 5), (fitted.Count, fitted.ExampleSize));
        var (low, high) = ColumnStatistics.Range(owner.Inputs, 5);
        var (fittedLow, fittedHigh) = ColumnStatistics.Range(fitted.Inputs, 5);
        Assert.Equal(low, fittedLow, (a, b) => Math.Abs(a - b) < 1e-4);
        Assert.Equal(high, fittedHigh, (a, b) => Math.Abs(a - b) < 1e-4);
        var (mean, deviation) = ColumnStatistics.Of(owner.Targets, 1);
        var (fittedMean, fittedDeviation) = ColumnStatistics.Of(fitted.Targets, 1);
        Assert.Equal((mean[0], deviation[0]), (fittedMean[0], fittedDeviation[0]), (a, b) => Math.Abs(a.Item1 - b.Item1) + Math.Abs(a.Item2 - b.Item2) < 1e-4);
    }

    [Fact]
    public void Foreign_data_of_one_class_still_fits()
    {
        var foreign = new DataTable([5], new float[50], 1, new float[10], "foreign");

        var data = EnsembleData.Prepare(SmallTask.Table([5], 40, "owner", 0), null, [foreign], null, new Regression(), Quantity, 1);

        Assert.All(data.Irrelevant[0].Inputs.Concat(data.Irrelevant[0].Targets), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Foreign_data_without_targets_is_refused() => Assert.Equal("UTAF1206", Code(irrelevant: new DataTable([5], new float[50], 0, [], "foreign")));

    [Fact]
    public void Public_data_of_another_width_is_refused() => Assert.Equal("UTAF1206", Code(publicData: SmallTask.Table([4], 30, "public", 0)));

    [Fact]
    public void Too_few_examples_are_refused() => Assert.Equal("UTAF1209", Code(publicData: SmallTask.Table([5], 3, "public", 0)));

    [Fact]
    public void An_image_shape_of_another_size_is_refused() => Assert.Equal("UTAF1206", Code(imageShape: [1, 2, 3]));

    [Fact]
    public void Public_data_of_the_same_size_takes_the_owners_shape()
    {
        var data = EnsembleData.Prepare(
            SmallTask.Table([1, 8, 8], 40, "owner", 4), SmallTask.Table([64], 40, "public", 4), [], null, new Classification(), Classes, 1);

        Assert.Equal([1, 8, 8], data.Public.InputShape);
        Assert.Equal([1, 8, 8], data.ImageShape!);
    }

    private static string Code(DataTable? publicData = null, DataTable? irrelevant = null, int[]? imageShape = null) => Fixtures.CodeOf(() => EnsembleData.Prepare(
        SmallTask.Table([5], 40, "owner", 0), publicData, irrelevant is null ? [] : [irrelevant], imageShape, new Regression(), Quantity, 1));

    private static DataTable Range(DataTable table, float low, float high)
    {
        var (smallest, largest) = (table.Inputs.Min(), table.Inputs.Max());
        return table with { Inputs = [.. table.Inputs.Select(x => low + ((x - smallest) / (largest - smallest) * (high - low)))] };
    }
}
