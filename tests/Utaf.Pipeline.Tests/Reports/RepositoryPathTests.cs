using Utaf.Reports;
using Utaf.Tests;

namespace Utaf.Pipeline.Tests.Reports;

/// <summary>Paths as others may see them.</summary>
public sealed class RepositoryPathTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Inside_of_the_repository_a_path_is_relative() =>
        Assert.Equal("ml/utaf.json", RepositoryPath.Of(Path.Combine(folder.Path, "ml", "..", "ml", "utaf.json"), folder.Path));

    [Theory]
    [InlineData("/home/somebody/utaf.json", "utaf.json")]
    [InlineData("azblob://account/container/x.intoto.json", "azblob://account/container/x.intoto.json")]
    [InlineData("azblob:?connection=STORE&container=pairs", "azblob:?connection=STORE&container=pairs")]
    [InlineData("folder:/home/somebody/.utaf/store", "folder:store")]
    [InlineData("", "")]
    public void Outside_of_it_only_the_name_is_told(string path, string told) => Assert.Equal(told, RepositoryPath.Of(path, folder.Path));

    [Fact]
    public void A_store_in_the_repository_is_told_from_its_root() =>
        Assert.Equal("folder:ml/store", RepositoryPath.Of($"folder:{folder.File("ml/store")}", folder.Path));

    [Theory]
    [InlineData("rival.pt")]
    [InlineData("utaf")]
    [InlineData("https://api.example.com/models/m")]
    public void What_is_no_path_stays(string place) => Assert.Equal(place, RepositoryPath.OfPlace(place));

    [Fact]
    public void A_folder_whose_name_begins_with_dots_is_inside() =>
        Assert.Equal("..utaf/x", RepositoryPath.Of(folder.File("..utaf/x"), folder.Path));

    [Fact]
    public void The_repository_is_found_from_anywhere_in_it() =>
        Assert.Equal("tests/peers/package.json", RepositoryPath.Of(Path.Combine(Peers.Peers.Folder, "package.json")));

    public void Dispose() => folder.Dispose();
}
