using System.IO.Compression;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Utaf.Packages.Tests.Support;

namespace Utaf.Packages.Tests;

/// <summary>What is in the tool's packages.</summary>
public sealed partial class ToolPackageTests(LocalFeed feed)
{
    public static TheoryData<string> All => ["Utaf.Tool", "Utaf.Tool.any", "Utaf.Tool.linux-x64", "Utaf.Tool.win-x64", "Utaf.Tool.osx-arm64"];

    [Theory]
    [InlineData("Utaf.Tool", 100_000)]
    [InlineData("Utaf.Tool.any", 12_000_000)]
    [InlineData("Utaf.Tool.linux-x64", 135_000_000)]
    [InlineData("Utaf.Tool.win-x64", 135_000_000)]
    [InlineData("Utaf.Tool.osx-arm64", 135_000_000)]
    public void A_package_is_no_larger_than_promised(string id, long most) =>
        Assert.InRange(new FileInfo(feed.Package(id)).Length, 1, most);

    [Theory]
    [InlineData("Utaf.Tool.linux-x64", "libtorch_cpu.so", "libLibTorchSharp.so", "libSkiaSharp.so")]
    [InlineData("Utaf.Tool.win-x64", "torch_cpu.dll", "LibTorchSharp.dll", "libSkiaSharp.dll")]
    [InlineData("Utaf.Tool.osx-arm64", "libtorch_cpu.dylib", "libLibTorchSharp.dylib", "libSkiaSharp.dylib")]
    public void A_platform_s_package_has_its_natives_and_no_other_s(string id, params string[] natives)
    {
        var names = feed.Contents(id).Select(Path.GetFileName).ToList();

        Assert.All(natives, native => Assert.Contains(native, names));
        string[] others = [".so", ".dylib", "torch_cpu.dll"];
        Assert.DoesNotContain(names, name => others.Any(other => name!.EndsWith(other, StringComparison.Ordinal) && !natives[0].EndsWith(other, StringComparison.Ordinal)));
    }

    [Fact]
    public void The_portable_package_has_no_native_part() =>
        Assert.DoesNotContain(feed.Contents("Utaf.Tool.any"), name => Native().IsMatch(name));

    [Theory]
    [MemberData(nameof(All))]
    public void No_package_has_what_only_libtorch_s_own_tests_python_and_compilers_need(string id) =>
        Assert.DoesNotContain(feed.Contents(id), name => NeverLoaded().IsMatch(Path.GetFileName(name)));

    [Theory]
    [InlineData("dotnet-utaf.dll", true)]
    [InlineData("System.CommandLine.dll", true)]
    [InlineData("ScottPlot.dll", false)]
    public void What_a_command_needs_to_start_is_compiled_ahead(string assembly, bool ahead)
    {
        using var package = ZipFile.OpenRead(feed.Package($"Utaf.Tool.{RuntimeInformation.RuntimeIdentifier}"));
        using var packed = package.Entries.Single(entry => entry.Name == assembly).Open();
        using var unpacked = new MemoryStream();
        packed.CopyTo(unpacked);
        unpacked.Position = 0;
        using var headers = new PEReader(unpacked);

        Assert.Equal(ahead, headers.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_package_says_what_it_is_and_under_which_terms(string id)
    {
        using var package = ZipFile.OpenRead(feed.Package(id));
        using var stream = package.GetEntry($"{id}.nuspec")!.Open();
        var metadata = XDocument.Load(stream).Root!.Elements().First(element => element.Name.LocalName == "metadata");
        string Of(string name) => metadata.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value ?? "";

        Assert.Equal("MIT", Of("license"));
        Assert.NotEqual("", Of("readme"));
        Assert.Contains("fingerprint", Of("description"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_pointer_names_a_package_for_each_platform()
    {
        using var package = ZipFile.OpenRead(feed.Package("Utaf.Tool"));
        using var stream = package.GetEntry("tools/any/any/DotnetToolSettings.xml")!.Open();
        var named = XDocument.Load(stream).Descendants("RuntimeIdentifierPackage")
            .Select(element => (string)element.Attribute("Id")!);

        Assert.Equal(["Utaf.Tool.any", "Utaf.Tool.linux-x64", "Utaf.Tool.osx-arm64", "Utaf.Tool.win-x64"], named.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"\.(so(\.\d+)*|dylib)$|torch_cpu|LibTorchSharp|libSkia")]
    private static partial Regex Native();

    [GeneratedRegex(@"test\.|python|shm|nnapi|aoti|backend_with|jitbackend|\.(lib|h|pdb)$")]
    private static partial Regex NeverLoaded();
}
