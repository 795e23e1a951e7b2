using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Xml.Linq;
using Utaf.Torch;

namespace Utaf.Tool.Runtimes;

/// <summary>Brings a back end of torch into this user's folder: restored or copied, tried, and only then used.</summary>
/// <param name="installed">Where they are.</param>
/// <param name="say">Tells the user what is being done.</param>
internal sealed class BackendInstaller(InstalledTorch installed, Action<string> say)
{
    /// <summary>Installs one and uses it from now on.</summary>
    /// <param name="backend"><c>cpu</c>, <c>cuda</c>, or the path of a folder with the native libraries.</param>
    /// <param name="sources">NuGet sources besides those of the current folder.</param>
    /// <param name="cancellationToken">Stops it; nothing is left behind.</param>
    /// <returns>The name of the one in use now.</returns>
    /// <exception cref="UtafException">UTAF2005 to UTAF2008; UTAF1309: the folder cannot be written.</exception>
    public async Task<string> InstallAsync(string backend, IReadOnlyList<string> sources, CancellationToken cancellationToken)
    {
        var package = BackendPackage.ForThisSystem.FirstOrDefault(known => known.Backend == backend);
        if (package is null && !File.Exists(Path.Combine(backend, NativeTorch.FileName)))
        {
            throw Directory.Exists(backend)
                ? Errors.BackendUnusable(backend, $"the folder has no {NativeTorch.FileName}.")
                : Errors.NoBackend(backend, string.Join(" or ", BackendPackage.ForThisSystem.Select(known => known.Backend)));
        }

        var place = installed.MakePlace();
        try
        {
            var folder = Path.Combine(place, "native");
            if (package is null)
            {
                say($"copies {backend}");
                Copy(backend, folder, cancellationToken);
            }
            else
            {
                say($"restores {package.Id} {BackendPackage.Version}; this may take minutes");
                await RestoreAsync(package, sources, place, folder, cancellationToken).ConfigureAwait(false);
            }

            say("loads it");
            await TryAsync(backend, folder, package?.Backend == "cuda" ? "cuda" : "auto", cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            return installed.Install(folder, package?.Backend ?? "folder", TimeProvider.System.GetUtcNow());
        }
        finally
        {
            Directory.Delete(place, recursive: true);
        }
    }

    private static void Copy(string from, string to, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(to);
            foreach (var file in Directory.GetFiles(from))
            {
                cancellationToken.ThrowIfCancellationRequested();
                File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.Unwritable(to, e);
        }
    }

    /// <summary>
    /// Publishes an empty project that references the package: that is how the parts into which the largest libraries are cut come
    /// together, which is done by targets inside the packages.
    /// </summary>
    private static async Task RestoreAsync(
        BackendPackage package, IReadOnlyList<string> sources, string place, string folder, CancellationToken cancellationToken)
    {
        var project = Path.Combine(place, "project");
        Directory.CreateDirectory(project);

        // What lies above this folder by chance is not to reach the project.
        foreach (var name in (string[])["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"])
        {
            new XDocument(new XElement("Project")).Save(Path.Combine(project, name));
        }

        var file = Path.Combine(project, "backend.csproj");
        new XDocument(
            new XElement(
                "Project",
                new XAttribute("Sdk", "Microsoft.NET.Sdk"),
                new XElement(
                    "PropertyGroup",
                    new XElement("TargetFramework", "net10.0"),
                    new XElement("RuntimeIdentifier", RuntimeIdentifier()),
                    new XElement("SelfContained", "false"),
                    new XElement("EnableDefaultItems", "false"),
                    new XElement("GenerateAssemblyInfo", "false"),
                    new XElement("RestoreAdditionalProjectSources", string.Join(';', sources))),
                new XElement(
                    "ItemGroup",
                    new XElement("PackageReference", new XAttribute("Include", package.Id), new XAttribute("Version", $"[{BackendPackage.Version}]"))))).Save(file);

        ChildProcess end;
        try
        {
            // The sources are those of the folder in which the user stands, as for every other dotnet command.
            end = await ChildProcess.RunAsync(
                ChildProcess.Dotnet,
                ["publish", file, "--output", folder, $"-p:RestoreRootConfigDirectory={Environment.CurrentDirectory}", "-nodeReuse:false", "-verbosity:quiet"],
                [("DOTNET_CLI_UI_LANGUAGE", "en"), ("DOTNET_NOLOGO", "1"), ("MSBUILDDISABLENODEREUSE", "1")],
                cancellationToken).ConfigureAwait(false);
        }
        catch (Win32Exception e)
        {
            throw Errors.NoSdk(e.Message);
        }

        if (end.ExitCode != 0)
        {
            throw Failure(package, end);
        }
    }

    private static UtafException Failure(BackendPackage package, ChildProcess end)
    {
        var lines = (end.Output + "\n" + end.Error).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var error = lines.FirstOrDefault(line => line.Contains(": error ", StringComparison.Ordinal)) ?? lines.FirstOrDefault() ?? "it said nothing.";
        var detail = error[(error.IndexOf(": error ", StringComparison.Ordinal) is >= 0 and var at ? at + ": error ".Length : 0)..].Split(" [")[0];
        return lines.Any(line => line.Contains("No .NET SDKs were found", StringComparison.Ordinal))
            ? Errors.NoSdk("there is no SDK, only a runtime.")
            : Errors.BackendNotRestored(package.Id, BackendPackage.Version, detail.TrimEnd('.') + ".");
    }

    // In a process of its own: this one may have another torch loaded, and what kills a process kills only that one.
    private static async Task TryAsync(string backend, string folder, string device, CancellationToken cancellationToken)
    {
        var end = await ChildProcess.RunSelfAsync(
            ["doctor", "--device", device, "--verbosity", "quiet"], [(InstalledTorch.Variable, folder)], cancellationToken).ConfigureAwait(false);
        if (end.ExitCode != 0)
        {
            var said = (end.Output + end.Error).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            throw Errors.BackendUnusable(
                backend,
                said.LastOrDefault(line => line.Contains("UTAF", StringComparison.Ordinal)) ?? $"the trial ended with exit code {end.ExitCode}.");
        }
    }

    private static string RuntimeIdentifier() =>
        $"{(OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux")}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
}
