using System.IO.Compression;
using Utaf.Fingerprints;
using Utaf.Torch.Tests;
using static TorchSharp.torch;

namespace Utaf.Models.Tests;

[Collection(TorchSession.Name)]
public sealed class TorchScriptFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("utaf-models-").FullName;

    public static TheoryData<string> Samples() => [.. Directory.GetFiles(Path.Combine(Root(), "samples", "digits"), "*.pt", SearchOption.AllDirectories)];

    [Theory]
    [InlineData("empty.pt", "UTAF1101")]
    [InlineData("not-an-archive.pt", "UTAF1102")]
    [InlineData("truncated.pt", "UTAF1103")]
    [InlineData("state-dict.pt", "UTAF1104")]
    [InlineData("legacy-state-dict.pt", "UTAF1104")]
    [InlineData("whole-module.pt", "UTAF1104")]
    [InlineData("touches-files-from-file.pt", "UTAF1105")]
    [InlineData("touches-files-save.pt", "UTAF1105")]
    [InlineData("touches-files-hidden.pt", "UTAF1105")]
    [InlineData("touches-files-on-load.pt", "UTAF1105")]
    [InlineData("missing.pt", "UTAF1002")]
    public void A_file_that_is_no_safe_TorchScript_model_is_refused_before_torch_sees_it(string file, string code)
    {
        var error = Assert.Throws<UtafException>(() => TorchScriptFile.Open(Fixtures.PathOf(file))).Diagnostic;

        Assert.Equal((code, Fixtures.PathOf(file)), (error.Code, error.Origin));
    }

    [Fact]
    public void Code_in_a_folder_that_torch_finds_but_is_spelt_otherwise_is_read_too()
    {
        // Torch looks entries up without regard to case.
        var path = Rewrite("touches-files-save.pt", name => name.Replace("/code/", "/CoDe/", StringComparison.Ordinal), ("archive/code/decoy.py", "x = 1"));

        Assert.Equal("UTAF1105", Fixtures.CodeOf(() => TorchScriptFile.Open(path)));
    }

    [Fact]
    public void Torch_finds_code_whatever_the_case_of_its_folder()
    {
        var path = Rewrite("mlp-scripted.pt", name => name.Replace("/code/", "/CODE/", StringComparison.Ordinal), ("archive/code/decoy.py", "x = 1"));

        using var module = TorchScriptFile.Open(path).Load();

        Assert.NotNull(module);
    }

    [Theory]
    [InlineData("model.json")]
    [InlineData("Model.JSON")]
    public void An_archive_of_the_format_before_PyTorch_1_4_is_refused_since_its_code_may_lie_anywhere(string index)
    {
        var path = Rewrite("mlp-scripted.pt", name => name, ($"mlp-scripted/{index}", "{}"));

        Assert.Equal("UTAF1102", Fixtures.CodeOf(() => TorchScriptFile.Open(path)));
    }

    [Fact]
    public void A_file_that_torch_would_take_for_a_flatbuffer_is_refused()
    {
        var bytes = File.ReadAllBytes(Fixtures.PathOf("mlp-scripted.pt"));
        "PTMF"u8.CopyTo(bytes.AsSpan(4));
        var path = Path.Combine(folder, "flatbuffer.pt");
        File.WriteAllBytes(path, bytes);

        Assert.Equal("UTAF1102", Fixtures.CodeOf(() => TorchScriptFile.Open(path)));
    }

    [Fact]
    public void A_file_that_is_cut_anywhere_is_refused()
    {
        var bytes = File.ReadAllBytes(Fixtures.PathOf("mlp-scripted.pt"));
        var path = Path.Combine(folder, "cut.pt");
        foreach (var length in new[] { 1, 2, 3, 4, 10, 30, 100, bytes.Length / 2, bytes.Length - 100, bytes.Length - 1 })
        {
            File.WriteAllBytes(path, bytes[..length]);

            Assert.Contains(Fixtures.CodeOf(() => TorchScriptFile.Open(path)), (string[])["UTAF1102", "UTAF1103"]);
        }
    }

    [Fact]
    public void A_folder_in_place_of_a_file_is_an_error() => Assert.Equal("UTAF1002", Fixtures.CodeOf(() => TorchScriptFile.Open(folder)));

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_sample_opens_loads_and_answers(string path)
    {
        using var scope = NewDisposeScope();
        var file = TorchScriptFile.Open(path);
        using var module = file.Load();

        Assert.Equal(3, file.Run(module, zeros(3, 64)).shape[0]);
    }

    [Fact]
    public void A_damaged_tensor_record_is_an_error_not_a_crash()
    {
        var path = Rewrite("mlp-scripted.pt", name => name, ("mlp-scripted/more", ""), drop: name => name.Contains("/data/", StringComparison.Ordinal));

        Assert.Equal("UTAF1103", Fixtures.CodeOf(() => TorchScriptFile.Open(path).Load()));
    }

    [Theory]
    [InlineData("mlp-scripted.pt")]
    [InlineData("mlp-traced.pt")]
    [InlineData("frozen.pt")]
    public async Task A_suspect_answers_inputs_with_outputs(string file)
    {
        var vectors = Fixtures.Vectors("mlp");
        var suspect = new TorchScriptSuspect(Fixtures.PathOf(file), CPU);

        var answers = await suspect.QueryAsync(new Fingerprint([5], Fixtures.Numbers(vectors.GetProperty("inputs"))), TestContext.Current.CancellationToken);

        Assert.Equal((1, 4), (answers.Width, answers.Rows.Count));
        Assert.Equal(Fixtures.Numbers(vectors.GetProperty("outputs")), answers.Rows.Select(row => row![0]), (expected, found) => Math.Abs(expected - found) < 1e-5);
    }

    [Theory]
    [InlineData("two-outputs.pt", "UTAF1107")]
    [InlineData("dict-output.pt", "UTAF1107")]
    [InlineData("two-inputs.pt", "UTAF1602")]
    [InlineData("double-input.pt", "UTAF1602")]
    [InlineData("int-input.pt", "UTAF1602")]
    [InlineData("classifier-logits.pt", "UTAF1602")]
    public async Task A_suspect_that_cannot_be_asked_is_an_error(string file, string code)
    {
        var suspect = new TorchScriptSuspect(Fixtures.PathOf(file), CPU);

        var error = await Assert.ThrowsAsync<UtafException>(() => suspect.QueryAsync(new Fingerprint([5], new float[10]), TestContext.Current.CancellationToken));

        Assert.Equal(code, error.Diagnostic.Code);
        Assert.DoesNotContain("Traceback", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_suspect_is_asked_in_batches_that_leave_no_row_out()
    {
        var suspect = new TorchScriptSuspect(Fixtures.PathOf("mlp-scripted.pt"), CPU);
        var values = Enumerable.Range(0, 300 * 5).Select(i => MathF.Sin(i)).ToArray();

        var all = await suspect.QueryAsync(new Fingerprint([5], values), TestContext.Current.CancellationToken);
        var last = await suspect.QueryAsync(new Fingerprint([5], values[^10..]), TestContext.Current.CancellationToken);

        Assert.Equal(300, all.Rows.Count);
        Assert.Equal(last.Rows[1]![0], all.Rows[299]![0], 1e-6);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Rewrite(string fixture, Func<string, string> rename, (string Name, string Content) added, Func<string, bool>? drop = null)
    {
        var path = Path.Combine(folder, "rewritten.pt");
        using var from = ZipFile.OpenRead(Fixtures.PathOf(fixture));
        using var to = ZipFile.Open(path, ZipArchiveMode.Create);
        var entries = from.Entries.Where(entry => drop?.Invoke(entry.FullName) != true).Select(entry => (rename(entry.FullName), Read: (Func<Stream>)entry.Open));
        foreach (var (name, read) in entries.Append((added.Name, () => new MemoryStream(System.Text.Encoding.UTF8.GetBytes(added.Content)))))
        {
            using var source = read();
            using var target = to.CreateEntry(name, CompressionLevel.NoCompression).Open();
            source.CopyTo(target);
        }

        return path;
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Utaf.Tool.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }
}
