namespace Utaf.Tests;

public sealed class AtomicFileTests
{
    [Fact]
    public void A_write_makes_missing_folders_and_leaves_only_the_file()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("a/b/c.txt");

        AtomicFile.WriteText(path, "ρ\n");

        Assert.Equal([0xCF, 0x81, 0x0A], File.ReadAllBytes(path));
        Assert.Single(Directory.GetFileSystemEntries(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void A_write_replaces_what_was_there()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("a.txt");
        AtomicFile.WriteText(path, "a long old text");

        AtomicFile.WriteText(path, "new");

        Assert.Equal("new", File.ReadAllText(path));
    }

    [Fact]
    public void A_new_file_is_not_written_over_an_old_one()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("a.bin");

        Assert.True(AtomicFile.WriteNew(path, [1]));
        Assert.False(AtomicFile.WriteNew(path, [2]));

        Assert.Equal([1], File.ReadAllBytes(path));
    }

    [Fact]
    public void A_second_name_replaces_what_had_it_and_outlives_the_first()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such names here.");
        using var folder = new TemporaryFolder();
        AtomicFile.WriteText(folder.File("first"), "content");
        AtomicFile.WriteText(folder.File("names/second"), "old");

        Assert.True(AtomicFile.TryLink(folder.File("first"), folder.File("names/second")));
        Assert.True(AtomicFile.TryLink(folder.File("first"), folder.File("names/second")));
        AtomicFile.WriteText(folder.File("first"), "new");

        Assert.Equal("content", File.ReadAllText(folder.File("names/second")));
        Assert.False(AtomicFile.TryLink(folder.File("none"), folder.File("names/second")));
        Assert.Equal([folder.File("names/second")], Directory.GetFileSystemEntries(folder.File("names")));
    }

    [Fact]
    public void A_full_disk_leaves_the_old_file_and_no_temporary_one()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "Only Linux has /dev/full.");
        using var folder = new TemporaryFolder();
        var path = folder.File("a.bin");
        AtomicFile.Write(path, [1, 2, 3]);

        // The disk's own error, raised after part of the content has been written.
        var exception = Assert.Throws<UtafException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write([4, 5, 6]);
            stream.Flush();
            using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            full.Write([4, 5, 6]);
        }));

        Assert.Equal("UTAF1309", exception.Diagnostic.Code);
        Assert.Equal(ExitCode.Environment, exception.Diagnostic.ExitCode);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_content_that_fails_leaves_nothing()
    {
        using var folder = new TemporaryFolder();

        Assert.Throws<OperationCanceledException>(() =>
            AtomicFile.Write(folder.File("a.bin"), _ => throw new OperationCanceledException()));

        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("file/below/a.txt")]
    [InlineData("folder")]
    [InlineData("nul\0byte")]
    public void A_path_that_cannot_be_written_is_an_error_that_names_it(string name)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("file"), "");
        Directory.CreateDirectory(folder.File("folder"));
        var path = folder.Path + "/" + name;

        var exception = Assert.Throws<UtafException>(() => AtomicFile.WriteText(path, "x"));

        Assert.Equal("UTAF1309", exception.Diagnostic.Code);
        Assert.Equal(path, exception.Diagnostic.Origin);
        Assert.Equal(2, Directory.GetFileSystemEntries(folder.Path).Length);
    }

    [Fact]
    public void Only_names_of_interrupted_writes_are_temporary()
    {
        Assert.True(AtomicFile.IsTemporary("/a/.utaf-0123.tmp"));
        Assert.False(AtomicFile.IsTemporary("/a/.utaf-0123.tmp/b.utaf"));
        Assert.False(AtomicFile.IsTemporary("b.tmp"));
    }
}
