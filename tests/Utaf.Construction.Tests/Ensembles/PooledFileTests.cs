namespace Utaf.Ensembles.Tests;

public sealed class PooledFileTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    [Fact]
    public void A_file_after_a_larger_one_has_its_own_bytes_and_no_more()
    {
        File.WriteAllBytes(path, [.. Enumerable.Repeat((byte)7, 5000)]);
        using (var large = PooledFile.Read(path))
        {
            Assert.Equal(5000, large.Bytes.Length);
        }

        foreach (var content in (byte[][])[[1, 2, 3], []])
        {
            File.WriteAllBytes(path, content);
            using var small = PooledFile.Read(path);
            Assert.Equal(content, small.Bytes.ToArray());
        }
    }

    [Fact]
    public void A_buffer_is_given_back_once()
    {
        File.WriteAllBytes(path, [1, 2, 3]);
        var first = PooledFile.Read(path);
        first.Dispose();
        first.Dispose();

        using var second = PooledFile.Read(path);
        File.WriteAllBytes(path, [4, 5, 6]);
        using var third = PooledFile.Read(path);

        Assert.Equal([1, 2, 3], second.Bytes.ToArray());
        Assert.Equal([4, 5, 6], third.Bytes.ToArray());
    }

    [Fact]
    public void A_missing_file_is_an_error_of_the_system() => Assert.Throws<FileNotFoundException>(() => PooledFile.Read($"{path}.none"));

    public void Dispose() => File.Delete(path);
}
