using Utaf.Tool.Output;

namespace Utaf.Tool;

internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        using var interruption = new Interruption();
        return (int)await new Application(Terminal.OfProcess()).RunAsync(arguments, interruption.Token).ConfigureAwait(false);
    }
}
