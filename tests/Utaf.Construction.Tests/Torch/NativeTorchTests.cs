using System.Diagnostics;
using TorchSharp;

namespace Utaf.Torch.Tests;

/// <summary>
/// Each process loads torch once, so what happens in other circumstances is tried in processes of their own: this one
/// started again with nothing but <see cref="Child"/> to run.
/// </summary>
public sealed class NativeTorchTests : IDisposable
{
    private const string Answer = "UTAF_TEST_ANSWER";
    private readonly string root = Directory.CreateTempSubdirectory("utaf-native-").FullName;

    private string Cache => Path.Combine(root, "cache");

    [Fact]
    public void Torch_loads_here()
    {
        var source = NativeTorch.EnsureLoaded();

        Assert.Equal(6, torch.tensor(new float[] { 1, 2, 3 }).sum().ToSingle());
        Assert.True(File.Exists(source.Path));
        Assert.Contains(Directory.GetFiles(source.Folder), file => Path.GetFileName(file).Contains("torch_cpu", StringComparison.Ordinal));
        Assert.Equal(source.Cured, source.Reason?.Contains("GLIBCXX_3.4.32", StringComparison.Ordinal) ?? false);
        Assert.Equal(source.Cured, Path.GetDirectoryName(source.Path) != source.Folder);
    }

    [Fact]
    public async Task Several_processes_at_once_with_an_empty_cache_all_load()
    {
        RequireCure();

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Load()));

        Assert.All(answers, answer => Assert.Equal($"cured {Cured()} 6", answer));
        Assert.Equal([Cured()], Directory.GetFiles(Cache, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("half of it")]
    [InlineData("nothing")]
    [InlineData("one other byte")]
    public async Task A_torn_cached_copy_is_replaced(string damage)
    {
        RequireCure();
        var bytes = File.ReadAllBytes(NativeTorch.EnsureLoaded().Path);
        Directory.CreateDirectory(Path.GetDirectoryName(Cured())!);
        var torn = bytes.ToArray();
        torn[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(Cured(), damage == "half of it" ? bytes[..(bytes.Length / 2)] : damage == "nothing" ? [] : torn);

        Assert.Equal($"cured {Cured()} 6", await Load());

        Assert.True(bytes.AsSpan().SequenceEqual(File.ReadAllBytes(Cured())));
    }

    [Fact]
    public async Task A_sound_cached_copy_is_left_alone()
    {
        RequireCure();
        await Load();
        var written = File.GetLastWriteTimeUtc(Cured());

        Assert.Equal($"cured {Cured()} 6", await Load());

        Assert.Equal(written, File.GetLastWriteTimeUtc(Cured()));
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_is_an_error_that_names_it()
    {
        RequireCure();
        File.WriteAllText(Cache, "a file where a folder should be");

        Assert.StartsWith("UTAF2001 ", await Load(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_library_that_loads_as_it_is_is_left_alone()
    {
        RequireCure();
        var folder = Path.Combine(root, "tool");
        Mirror(AppContext.BaseDirectory, folder);
        File.Copy(NativeTorch.EnsureLoaded().Path, Path.Combine(folder, "libLibTorchSharp.so"));

        Assert.Equal($"plain {Path.Combine(folder, "libLibTorchSharp.so")} 6", await Load(folder));

        Assert.False(Directory.Exists(Cache));
    }

    [Fact]
    public async Task A_tool_without_the_library_says_so()
    {
        var folder = Path.Combine(root, "tool");
        Mirror(AppContext.BaseDirectory, folder);

        Assert.StartsWith("UTAF2001", await Load(folder), StringComparison.Ordinal);
    }

    [Fact(Explicit = true)]
    public void Child()
    {
        string answer;
        try
        {
            var source = NativeTorch.EnsureLoaded();
            answer = $"{(source.Cured ? "cured" : "plain")} {source.Path} {torch.tensor(new float[] { 1, 2, 3 }).sum().ToSingle()}";
        }
        catch (UtafException e)
        {
            answer = $"{e.Diagnostic.Code} {e.Diagnostic.Origin}";
        }

        File.WriteAllText(Environment.GetEnvironmentVariable(Answer)!, answer);
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    private static void RequireCure() => Assert.SkipUnless(NativeTorch.EnsureLoaded().Cured, "The library loads as it is on this machine.");

    private string Cured()
    {
        var own = NativeTorch.EnsureLoaded().Path;
        return Path.Combine(Cache, "native", Path.GetFileName(Path.GetDirectoryName(own)!), Path.GetFileName(own));
    }

    /// <summary>What another process, with <see cref="Cache"/> for its cache, says of loading torch.</summary>
    private async Task<string> Load(string? folder = null)
    {
        var answer = Path.Combine(root, Guid.NewGuid().ToString("N"));
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = root };
        foreach (var argument in new[]
        {
            Path.Combine(folder ?? AppContext.BaseDirectory, "Utaf.Construction.Tests.dll"), "-method", $"{typeof(NativeTorchTests).FullName}.{nameof(Child)}", "-explicit", "only",
        })
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["UTAF_CACHE"] = Cache;
        start.Environment[Answer] = answer;
        using var process = Process.Start(start)!;
        var output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return File.Exists(answer) ? await File.ReadAllTextAsync(answer) : throw new InvalidOperationException(string.Concat(await output));
    }

    /// <summary>The test host's folder again, without TorchSharp's native library; libtorch by links.</summary>
    private static void Mirror(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from).Where(file => Path.GetFileName(file) != "libLibTorchSharp.so"))
        {
            var copy = Path.Combine(to, Path.GetFileName(file));
            if (Path.GetExtension(file) is ".so")
            {
                File.CreateSymbolicLink(copy, file);
            }
            else
            {
                File.Copy(file, copy);
            }
        }
    }
}
