using Utaf.Fingerprints;

namespace Utaf.Tests.Fingerprints;

public sealed class FingerprintTests
{
    [Fact]
    public void Examples_are_cut_from_the_values_in_order()
    {
        var fingerprint = new Fingerprint([2, 1], [1, 2, 3, 4, 5, 6]);

        Assert.Equal(3, fingerprint.Count);
        Assert.Equal(2, fingerprint.ExampleSize);
        Assert.Equal([3f, 4f], fingerprint.Example(1).ToArray());
    }

    [Fact]
    public void An_input_without_dimensions_is_one_number() => Assert.Equal(3, new Fingerprint([], [1, 2, 3]).Count);

    [Theory]
    [InlineData(new[] { 2 }, 3)]
    [InlineData(new[] { 2 }, 0)]
    [InlineData(new[] { 2, 0 }, 2)]
    [InlineData(new[] { -1 }, 1)]
    [InlineData(new[] { 0, int.MaxValue, int.MaxValue }, 1)]
    [InlineData(new[] { int.MaxValue, int.MaxValue, int.MaxValue }, 1)]
    public void Values_that_are_no_whole_number_of_inputs_are_refused(int[] shape, int values) =>
        Assert.Throws<ArgumentException>(() => new Fingerprint(shape, new float[values]));

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void An_example_that_is_not_there_is_refused(int i) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Fingerprint([1], [1, 2]).Example(i).Length);
}
