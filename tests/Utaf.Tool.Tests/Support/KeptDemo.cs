using System.Text.Json;
using CliWrap.Buffered;

namespace Utaf.Tool.Tests.Support;

/// <summary>The demo, run once for the tests that need its pair: minutes of training.</summary>
public sealed class KeptDemo : ToolTest, IAsyncLifetime
{
    private const string Kept = "kept";

    /// <summary>How the demo ended.</summary>
    internal BufferedCommandResult Result { get; private set; } = null!;

    /// <summary>The demo's document.</summary>
    internal JsonElement Document { get; private set; }

    /// <summary>The store with the pair that the demo made.</summary>
    internal string Store => $"folder:{PathOf(Path.Combine(Kept, "store"))}";

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Result = await RunDemoAsync();
        if (Result.StandardOutput.Length == 0)
        {
            // Seen in one of five runs of all tests, and not explained yet: the process ended without a document. What it said is kept for
            // whoever finds the reason; the demo goes on from the members that it has built.
            TestContext.Current.SendDiagnosticMessage($"The demo ended with {Result.ExitCode}, and is run once more. It said:\n{Result.StandardError}");
            Console.Error.WriteLine($"The demo ended with {Result.ExitCode}, and is run once more. It said:\n{Result.StandardError}");
            Result = await RunDemoAsync();
        }

        Assert.True(Result.StandardOutput.Length > 0, $"the demo ended with {Result.ExitCode} and said:\n{Result.StandardError}");
        Document = JsonDocument.Parse(Result.StandardOutput).RootElement;
    }

    private Task<BufferedCommandResult> RunDemoAsync() => RunAsync("demo", "--seed", "1", "--format", "json", "--keep", Kept);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
