using System.IO.Compression;
using System.Text;
using TorchSharp;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Models.Tests;

/// <summary>What is left of an archive when some of its tensors' numbers are not looked at.</summary>
[Collection(TorchSession.Name)]
public sealed class TorchScriptArchiveTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    private static (string Name, byte[] Content)[] Version { get; } =
    [
        ("m/code/__torch__.py", "def forward"u8.ToArray()),
        ("m/code/__torch__.py.debug_pkl", "line 1"u8.ToArray()),
        ("m/.data/serialization_id", "1"u8.ToArray()),
        ("m/data.pkl", "attributes"u8.ToArray()),
        ("m/constants/0", "constant"u8.ToArray()),
        ("m/data/0", Numbers(1)),
        ("m/data/1", Numbers(2)),
    ];

    [Fact]
    public void Versions_that_differ_in_those_numbers_alone_are_the_same()
    {
        var next = Version.Select(entry => (entry.Name.Replace("m/", "next/", StringComparison.Ordinal), entry.Name switch
        {
            "m/data/0" => Numbers(7),
            "m/code/__torch__.py.debug_pkl" or "m/.data/serialization_id" => "other"u8.ToArray(),
            _ => entry.Content,
        })).Append(("next/extra/notes.txt", "of the user"u8.ToArray()));

        Assert.Equal(Left(Version, 1), Left(next, 7));
    }

    [Theory]
    [InlineData("m/code/__torch__.py")]
    [InlineData("m/data.pkl")]
    [InlineData("m/constants/0")]
    [InlineData("m/data/1")]
    public void Anything_else_that_differs_makes_another(string name) =>
        Assert.NotEqual(Left(Version, 1), Left(Version.Select(entry => entry.Name == name ? (name, Numbers(9)) : entry), 1));

    [Fact]
    public void A_tensor_that_stays_and_has_the_same_numbers_makes_it_impossible_to_tell() =>
        Assert.Null(Left(Version.Append(("m/data/2", Numbers(1))), 1));

    [Fact]
    public void Tensors_that_share_their_numbers_are_stored_once()
    {
        var shared = tensor(1f);
        NamedTensor[] tied = [new("a", shared), new("b", shared.alias())];

        Assert.Equal(Left(Version, 1), TorchScriptArchive.Sha256Without(Zip(Version), tied));
        Assert.Null(TorchScriptArchive.Sha256Without(Zip(Version.Append(("m/data/2", Numbers(1)))), tied));
    }

    public void Dispose() => scope.Dispose();

    private static string? Left(IEnumerable<(string Name, byte[] Content)> entries, float number) =>
        TorchScriptArchive.Sha256Without(Zip(entries), [new("weight", tensor(number))]);

    private static byte[] Numbers(float number) => BitConverter.GetBytes(number);

    private static byte[] Zip(IEnumerable<(string Name, byte[] Content)> entries)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8))
        {
            foreach (var (name, content) in entries)
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write(content);
            }
        }

        return stream.ToArray();
    }
}
