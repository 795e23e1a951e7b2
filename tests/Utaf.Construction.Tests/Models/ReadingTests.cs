using Utaf.Fingerprints;

namespace Utaf.Models.Tests;

/// <summary>Which task's pairs read what.</summary>
public sealed class ReadingTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(4, false)]
    [InlineData(5, true)]
    [InlineData(100, true)]
    public void Classifiers_are_read_as_logarithms_standardised_where_there_are_answers_enough(int examples, bool standardised) =>
        Assert.Equal(new CentredLogarithms(7, standardised), LearningTask.Parse("classification").Reading(7, examples));

    [Theory]
    [InlineData(4, 784, false)]
    [InlineData(5, 784, true)]
    [InlineData(100, 784, true)]
    // 100 answers of 49 numbers are 4900 numbers and 4950 products.
    [InlineData(100, 49, false)]
    [InlineData(100, 50, true)]
    [InlineData(100, 2, false)]
    public void Generators_are_read_as_inner_products_where_these_are_fewer_numbers(int examples, int width, bool products)
    {
        var reading = LearningTask.Parse("generation").Reading(width, examples);

        Assert.Equal(products ? new InnerProducts(width) : null, reading);
        Assert.True(!products || reading!.ReadWidth(examples * width) < examples * width);
    }

    [Theory]
    [InlineData("regression")]
    [InlineData("embedding")]
    [InlineData("ranking")]
    public void Others_are_read_as_they_are(string task) => Assert.Null(LearningTask.Parse(task).Reading(7, 100));
}
