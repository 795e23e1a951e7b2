using System.Collections.Concurrent;
using Utaf.Packages.Tests.Support;
using Utaf.Pipeline.Tests.Peers;

namespace Utaf.Packages.Tests.Action;

/// <summary>The scripts among the peers that use GitHub's own packages; these must be bundled before Node.js can run them.</summary>
internal static class Bundles
{
    private const string Require = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

    private static readonly ConcurrentDictionary<string, Lazy<Task<string>>> Made = new(StringComparer.Ordinal);

    /// <summary>Bundles a script of tests/peers, once for all tests.</summary>
    /// <returns>The bundle's path.</returns>
    public static Task<string> MakeAsync(string script) => Made.GetOrAdd(script, name => new(() => BundleAsync(name))).Value;

    private static async Task<string> BundleAsync(string script)
    {
        var bundle = Path.Combine(AppContext.BaseDirectory, "bundles", script);
        (await Shell.RunAsync(
            "node",
            [
                Peers.Script("esbuild/bin/esbuild"), Path.Combine(Peers.Folder, script), "--bundle", "--platform=node", "--format=esm",
                $"--outfile={bundle}", "--log-level=error", $"--banner:js={Require}",
            ],
            Peers.Folder)).MustEndWith(0);
        return bundle;
    }
}
