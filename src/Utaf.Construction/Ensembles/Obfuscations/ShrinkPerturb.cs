using System.Globalization;
using System.Text.Json.Serialization;
using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Ensembles.Obfuscations;

/// <summary>
/// Shrinks the weights and adds noise of their own size, then trains everything again (Ash and Adams 2020, who take it for a
/// warm start that learns as if it had started afresh). Between fine-tuning and training from nothing there are copies of any
/// degree, whatever was done to them: these teach the meta-verifier what is left of the target on that way.
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
    public override TrainingEffort? Effort => TrainingEffort.OnPublicData("all layers", Recovery);

    /// <summary>The paper's ensemble has none, and results are of the paper's families.</summary>
    [JsonIgnore]
    public override bool ForTrainingAlone => true;

    /// <inheritdoc/>
    protected override MemberDraft Apply(Network stolen, MemberContext context)
    {
        using (NewDisposeScope())
        using (no_grad())
        {
            // Biases and norms stay: they are few, and what they do follows from the weights once these are trained again.
            foreach (var weight in stolen.Parameters.Where(parameter => parameter.IsWeight).Select(parameter => parameter.Tensor))
            {
                var noise = context.Random.Normal(weight.shape).to(weight.device) * weight.square().mean().sqrt();
                weight.mul_(1 - Share).add_(noise, alpha: Share);
            }
        }

        return context.OnPublicData(stolen, stolen.Parameters, Recovery);
    }
}
