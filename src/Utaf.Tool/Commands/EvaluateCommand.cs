using System.CommandLine;
using Utaf.Stores;
using Utaf.Tool.Documents;
using Utaf.Tool.Options;
using Utaf.Tool.Output;
using Utaf.Tool.Plots;

namespace Utaf.Tool.Commands;

/// <summary>How good a pair is on the models that were held out when it was made.</summary>
internal sealed class EvaluateCommand : UtafCommand
{
    private readonly PairOptions pair = new();
    private readonly Option<string?> plots = OptionKinds.Text(
        "--plots",
        "Draws the robustness-uniqueness curve and the training curve into this folder.",
        "FOLDER");
    private readonly Option<string> plotFormat = OptionKinds.Word("--plot-format", "The pictures' format.", "png", "png", "svg");

    public EvaluateCommand(CommonOptions common, Terminal terminal)
        : base("evaluate", "Robustness and uniqueness of a pair on its held-out models, by family.", common, terminal)
    {
        pair.AddTo(this);
        Add(new ConfigurationOption());
        Add(plots);
        Add(plotFormat);
    }

    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CommandContext context)
    {
        var fetched = await pair.FetchAsync(parsed, usualModel: null, context.CancellationToken).ConfigureAwait(false);
        var document = EvaluationDocument.Of(fetched);
        if (parsed.GetValue(plots) is { } folder)
        {
            document = document with { Plots = Draw(fetched, folder, parsed.GetValue(plotFormat)!) };
        }

        context.Write(document);
        return ExitCode.NoPiracySuspected;
    }

    private static string[] Draw(FetchedPair fetched, string folder, string format)
    {
        var stem = Path.Combine(folder, $"{fetched.Manifest.Model.Name}-{fetched.Manifest.Model.Version}-{Numbers.Digest(fetched.Sha256)}");
        return
        [
            Picture.Save(RobustnessUniquenessPlot.Of(fetched.Manifest), $"{stem}-robustness-uniqueness.{format}"),
            Picture.Save(TrainingPlot.Of(fetched.Manifest), $"{stem}-training.{format}"),
        ];
    }
}
