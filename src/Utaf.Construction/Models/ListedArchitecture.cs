using System.Text.Json.Serialization;
using TorchSharp;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Models;

/// <summary>Another TorchScript file's architecture, with that file's weights.</summary>
/// <param name="Path">The file.</param>
/// <param name="Sha256">The digest that it must have.</param>
public sealed record ListedArchitecture(string Path, string Sha256) : Architecture
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Id => $"listed-{Sha256[..8]}";

    /// <inheritdoc/>
    public override bool Accepts(ArchitectureContext context) => true;

    /// <inheritdoc/>
    public override Network Build(ArchitectureContext context, SeededRandom random)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var file = TorchScriptFile.Open(Path);
        if (file.Sha256 != Sha256)
        {
            throw Errors.BadMember(Path, $"it changed since the plan was made (SHA-256 {Sha256[..16]}… expected, {file.Sha256[..16]}… found).");
        }

        using var module = file.Load();

        // Of the data's mean and scale, and many: a single logit may well look like a probability.
        var shape = context.Signature.BatchShape(1);
        var (mean, deviation) = (tensor(context.Scaling.InputMean).view(shape), tensor(context.Scaling.InputDeviation).view(shape));
        var probe = mean + (random.Normal(context.Signature.BatchShape(64)) * deviation);
        var outputs = file.Run(module, probe).flatten(1);
        if (!outputs.isfinite().all().ToBoolean())
        {
            throw Errors.NonFiniteOutputs("a listed model on data of the owner's scale", Path);
        }

        if (outputs.shape[1] != context.Signature.OutputWidth)
        {
            throw Errors.WrongOutputWidth(Path, context.Signature.OutputWidth, (int)outputs.shape[1]);
        }

        return new Network(this, file.Load(), context.Target.Form == OutputForm.Raw ? OutputForm.Raw : new Classification().Recognise(outputs), lastLayer: null, file.Convolutions);
    }
}
