using System.CommandLine;
using Utaf.Configuration;

namespace Utaf.Tool.Options;

/// <summary>The model to protect: a file, or one that <c>utaf.json</c> describes.</summary>
internal sealed class ModelArgument : Argument<string?>
{
    public ModelArgument()
        : base("MODEL")
    {
        Description = "The model to protect: a TorchScript file, from torch.jit.save, or NAME[@VERSION] of a model in utaf.json. "
            + "Not needed where utaf.json has one model.";
        Arity = ArgumentArity.ZeroOrOne;
    }

    /// <summary>The option without which a command is about something else, and no model is meant; null: one always is.</summary>
    public Option? OnlyWith { get; init; }

    /// <summary>The configured model that is meant: named, or its file given, or the only one.</summary>
    /// <returns>Null if the model is not described in the file.</returns>
    /// <exception cref="UtafException">UTAF1022: more than one is meant.</exception>
    public ModelSettings? Find(ParseResult parsed, UtafConfiguration configuration)
    {
        if (OnlyWith is { } option && parsed.GetResult(option) is null)
        {
            return null;
        }

        var given = parsed.GetValue(this);
        var meant = given is null ? configuration.Models : Named(given, configuration.Models);
        return meant switch
        {
            [] => null,
            [var only] => only,
            _ => throw Errors.NoModelChosen(
                configuration.File!,
                $"More than one model is meant: {string.Join(", ", meant.Select(model => $"{model.Name}@{model.ReleasedVersion}"))}."),
        };
    }

    /// <summary>The model's file.</summary>
    /// <exception cref="UtafException">UTAF1022: none was named.</exception>
    public string Path(ParseResult parsed)
    {
        var configuration = ConfigurationOption.Read(parsed);
        return Find(parsed, configuration)?.Path
            ?? parsed.GetValue(this)
            ?? throw Errors.NoModelChosen(configuration.File ?? "utaf", "No model is named.");
    }

    private static List<ModelSettings> Named(string given, IReadOnlyList<ModelSettings> models)
    {
        var named = models.Where(model => given == model.Name || given == $"{model.Name}@{model.ReleasedVersion}").ToList();
        return named.Count > 0
            ? named
            : [.. models.Where(model => System.IO.Path.GetFullPath(model.Path) == System.IO.Path.GetFullPath(given))];
    }
}
