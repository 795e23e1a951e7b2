using Utaf.Tests;
using Utaf.Torch;

namespace Utaf.Construction.Tests.Torch;

public sealed class InstalledTorchTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void At_first_the_tool_s_own_is_used_and_there_is_nothing_to_undo()
    {
        var installed = new InstalledTorch(folder.File("none"));

        Assert.Equal(InstalledTorch.Own, installed.Used);
        Assert.Null(installed.Before);
        Assert.Null(installed.UsedFolder);
        Assert.Empty(installed.Names);
        Assert.Equal("UTAF2009", Assert.Throws<UtafException>(installed.Undo).Diagnostic.Code);
    }

    [Fact]
    public void An_installed_one_is_used_until_it_is_taken_back_and_again_after()
    {
        var installed = new InstalledTorch(folder.Path);

        var name = Install(installed, "cpu", Noon);

        Assert.Equal("cpu-20260102T120000000", name);
        Assert.Equal((name, InstalledTorch.Own), (installed.Used, installed.Before));
        Assert.Equal("library", File.ReadAllText(Path.Combine(installed.UsedFolder!, "library")));
        Assert.Equal(InstalledTorch.Own, installed.Undo());
        Assert.Null(installed.UsedFolder);
        Assert.Equal(name, installed.Undo());
        Assert.Equal(name, installed.Used);
    }

    [Fact]
    public void What_is_neither_in_use_nor_the_one_before_is_deleted()
    {
        var installed = new InstalledTorch(folder.Path);

        Install(installed, "cpu", Noon);
        var second = Install(installed, "cuda", Noon.AddSeconds(1));
        var third = Install(installed, "cpu", Noon.AddSeconds(2));

        Assert.Equal([third, second], installed.Names);
        Assert.Equal((third, second), (installed.Used, installed.Before));
    }

    [Fact]
    public void A_place_that_is_not_ready_is_not_seen()
    {
        var installed = new InstalledTorch(folder.Path);

        installed.MakePlace();

        Assert.Empty(installed.Names);
        Assert.Equal(InstalledTorch.Own, installed.Used);
    }

    private static string Install(InstalledTorch installed, string backend, DateTimeOffset now)
    {
        var place = installed.MakePlace();
        var native = Directory.CreateDirectory(Path.Combine(place, "native")).FullName;
        File.WriteAllText(Path.Combine(native, "library"), "library");
        var name = installed.Install(native, backend, now);
        Directory.Delete(place);
        return name;
    }
}
