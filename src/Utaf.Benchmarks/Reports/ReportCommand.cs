using System.CommandLine;

namespace Utaf.Benchmarks.Reports;

/// <summary>The results' page and its figures, from the folders of runs alone.</summary>
internal static class ReportCommand
{
    public static Command Make()
    {
        var folders = new Argument<string[]>("RUN") { Description = "The folders of runs, of any scenarios.", Arity = ArgumentArity.OneOrMore };
        var destination = new Option<string>("--out") { Description = "Where results.md and the folder results with its figures are written.", DefaultValueFactory = _ => "docs" };
        var command = new Command("report", "Writes results.md and its figures from the folders of runs.") { folders, destination };
        command.SetAction(parsed =>
        {
            foreach (var file in Write(parsed.GetValue(folders)!, parsed.GetValue(destination)!))
            {
                parsed.InvocationConfiguration.Output.WriteLine(file);
            }
        });
        return command;
    }

    /// <summary>Reads all folders before it writes anything. Figures that were drawn from other runs are removed.</summary>
    /// <param name="folders">The folders of runs, in any order.</param>
    /// <param name="destination">A folder, made where it is missing.</param>
    /// <returns>The files written.</returns>
    /// <exception cref="UtafException">See <see cref="ScenarioRuns.Read"/>. UTAF1309: the files cannot be written or removed.</exception>
    public static IReadOnlyList<string> Write(IEnumerable<string> folders, string destination)
    {
        var all = ScenarioRuns.Read(folders);
        var figures = all.SelectMany(runs => FigureFiles.Of(runs).Select(figure => (Key: (runs, figure.Kind), figure.File, figure.Svg))).ToList();
        var page = new ResultsPage(all, figures.ToDictionary(figure => figure.Key, figure => figure.File)).ToMarkdown();
        string[] written =
        [
            .. figures.Select(figure => (figure.File, Text: figure.Svg)).Append((File: "results.md", Text: page)).Select(file =>
            {
                var path = Path.Combine(destination, file.File);
                AtomicFile.WriteText(path, file.Text);
                return path;
            }),
        ];
        var folder = Path.Combine(destination, FigureFiles.Folder);
        var earlier = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.svg") : [];
        foreach (var stale in earlier.Where(path => FigureFiles.IsFigure(Path.GetFileName(path))).ExceptBy(written.Select(Path.GetFileName), Path.GetFileName))
        {
            try
            {
                File.Delete(stale);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw Errors.Unwritable(stale, e);
            }
        }

        return written;
    }
}
