using Utaf.Tool.Output;
using Utaf.Tool.Runtimes;

namespace Utaf.Tool;

internal static class Program
{
    private static Task<int> Main(string[] arguments) => InstalledTorchContext.RunAsync(arguments) ?? RunAsync(arguments);

    /// <summary>Runs one command line in this process.</summary>
    internal static async Task<int> RunAsync(string[] arguments)
    {
        using var interruption = new Interruption();
        return (int)await new Application(Terminal.OfProcess()).RunAsync(arguments, interruption.Token).ConfigureAwait(false);
    }
}
