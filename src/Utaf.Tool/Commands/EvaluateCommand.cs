using System.CommandLine;
using Utaf.Stores;
using Utaf.Tool.Documents;
using Utaf.Tool.Options;
using Utaf.Tool.Output;
using Utaf.Tool.Plots;
using Utaf.Tool.Release;

namespace Utaf.Tool.Commands;

/// <summary>How good a pair is on the models that were held out when it was made; or how good schemes are on an ensemble.</summary>
internal sealed class EvaluateCommand : UtafCommand
{
    private readonly PairOptions pair = new();
    private readonly Option<string?> plots = OptionKinds.Text(
        "--plots",
        "Draws the robustness-uniqueness curve and the training curve into this folder.",
        "FOLDER");
    private readonly Option<string> plotFormat = OptionKinds.Word("--plot-format", "The pictures' format.", "png", "png", "svg");

    private readonly Option<string?> schemes = OptionKinds.Text(
        "--schemes",
        "Compares fingerprinting schemes on the built ensemble of MODEL instead: some of utaf, utaf-paper, ipguard, conferae, deepfool, "
            + "modeldiff, akh and sac, after commas.",
        "NAMES");
    private readonly Option<int?> examples = OptionKinds.Number<int>(
        "--examples",
        "With --schemes: queries that a scheme may ask. [default: 100]",
        "a whole number from 2 to 100000");
    private readonly Option<bool> defaults = new("--defaults")
    {
        Description = "With --schemes: takes each scheme's published parameters. Without it they are chosen on the ensemble's validation part.",
    };

    private readonly SplitChoices split = new("With --schemes: ");
    private readonly ModelOptions model;

    public EvaluateCommand(CommonOptions common, Terminal terminal)
        : base("evaluate", "Robustness and uniqueness of a pair on its held-out models, by family; or of several schemes on an ensemble.", common, terminal)
    {
        pair.AddTo(this);
        Add(plots);
        Add(plotFormat);
        Add(schemes);
        Add(examples);
        Add(defaults);
        split.AddTo(this);
        model = new(schemes);
        model.AddTo(this);
    }

    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CommandContext context)
    {
        if (parsed.GetValue(schemes) is { } names)
        {
            await CompareAsync(names, parsed, context).ConfigureAwait(false);
            return ExitCode.NoPiracySuspected;
        }

        var fetched = await pair.FetchAsync(parsed, usualModel: null, context.CancellationToken).ConfigureAwait(false);
        var document = EvaluationDocument.Of(fetched);
        if (parsed.GetValue(plots) is { } folder)
        {
            document = document with { Plots = Draw(fetched, folder, parsed.GetValue(plotFormat)!) };
        }

        context.Write(document);
        return ExitCode.NoPiracySuspected;
    }

    private async Task CompareAsync(string names, ParseResult parsed, CommandContext context)
    {
        if (parsed.GetValue(plots) is { } folder)
        {
            throw Errors.BadOption("--plots", folder, "no folder beside --schemes: pictures are drawn of pairs alone");
        }

        var wanted = names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var request = model.Read(parsed, context.Settings.Seed ?? 0);
        Writable.RequireFile(context.Settings.OutputFile);
        context.Write(await SchemeRun.CompareAsync(wanted, request, parsed.GetValue(examples), !parsed.GetValue(defaults), split.Read(parsed), context).ConfigureAwait(false));
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
