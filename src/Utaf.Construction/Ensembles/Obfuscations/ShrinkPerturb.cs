using System.Globalization;
using System.Text.Json.Serialization;
using Utaf.Models;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Obfuscations;

/// <summary>
/// Shrinks the weights and adds noise of their own size, then trains everything again (after Ash and Adams 2020, who shrink and
/// add a little noise so that a warm start learns as if it were a fresh one). Between fine-tuning and training from nothing there
/// are copies of any degree, whatever was done to them: these teach the meta-verifier what is left of the target on that way.
/// </summary>
/// <param name="Share">How much of each weight is noise afterwards, in (0, 1): w becomes (1 − share)·w + share·s·ξ, s the root mean square of the layer's weights and ξ normal.</param>
/// <param name="Recovery">Training afterwards on public data. Zero epochs for none.</param>
public sealed record ShrinkPerturb(double Share, TrainingSettings Recovery) : Obfuscation
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Id => string.Create(CultureInfo.InvariantCulture, $"shrink-perturb-{Share:0.00}-{Recovery.Epochs}");

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Family => "shrink-perturb";

    /// <inheritdoc/>
    [JsonIgnore]
    public override TrainingEffort? Effort => TrainingEffort.OnPublicData("all layers, perturbed", Recovery);

    /// <summary>The paper's ensemble has none, and results are of the paper's families.</summary>
    [JsonIgnore]
    public override bool ForTrainingAlone => true;

    /// <inheritdoc/>
    protected override MemberDraft Apply(Network stolen, MemberContext context)
    {
        // Biases and norms stay, as pruning leaves them: they are few.
        foreach (var weight in stolen.Parameters.Where(parameter => parameter.IsWeight))
        {
            Perturb(weight.Tensor, context.Random);
        }

        return context.OnPublicData(stolen, stolen.Parameters, Recovery);
    }

    private void Perturb(Tensor weight, SeededRandom random)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var noise = random.Normal(weight.shape).to(weight.device) * weight.square().mean().sqrt();
        weight.mul_(1 - Share).add_(noise, alpha: Share);
    }
}
