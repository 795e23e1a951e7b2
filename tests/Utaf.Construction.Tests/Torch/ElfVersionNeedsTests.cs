using System.Text;

namespace Utaf.Torch.Tests;

public class ElfVersionNeedsTests
{
    private const string Version = "GLIBCXX_3.4.32";

    [Fact]
    public void Marking_a_version_weak_changes_two_bytes_at_most()
    {
        var before = Library();
        var after = before.ToArray();

        Assert.True(ElfVersionNeeds.MarkWeak(after, Version));

        // The flags are a half word: the bit is in one of its two bytes.
        var changed = Enumerable.Range(0, before.Length).Where(i => before[i] != after[i]).ToList();
        Assert.Single(changed);
        Assert.Equal(before[changed[0]] | 2, after[changed[0]]);
    }

    [Fact]
    public void Marking_twice_is_marking_once()
    {
        var once = Library();
        ElfVersionNeeds.MarkWeak(once, Version);
        var twice = once.ToArray();

        Assert.True(ElfVersionNeeds.MarkWeak(twice, Version));
        Assert.True(once.AsSpan().SequenceEqual(twice));
    }

    [Theory]
    [InlineData("GLIBCXX_9.9.9")]
    [InlineData("GLIBCXX_3.4.3")]
    [InlineData("GLIBCXX_3.4.32_")]
    [InlineData("")]
    public void A_version_that_is_not_asked_for_is_not_found(string version)
    {
        var library = Library();
        var before = library.ToArray();

        Assert.False(ElfVersionNeeds.MarkWeak(library, version));
        Assert.True(before.AsSpan().SequenceEqual(library));
    }

    [Fact]
    public void What_is_no_library_of_64_bits_asks_for_nothing()
    {
        var library = Library();
        var narrow = library.ToArray();
        narrow[4] = 1;

        Assert.False(ElfVersionNeeds.MarkWeak([], Version));
        Assert.False(ElfVersionNeeds.MarkWeak(library.AsSpan(0, 63), Version));
        Assert.False(ElfVersionNeeds.MarkWeak(Encoding.ASCII.GetBytes(new string('x', 200)), Version));
        Assert.False(ElfVersionNeeds.MarkWeak(narrow, Version));
    }

    private static byte[] Library()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "ELF is Linux' format.");
        return File.ReadAllBytes(Path.Combine(NativeTorch.EnsureLoaded().Folder, "libLibTorchSharp.so"));
    }
}
