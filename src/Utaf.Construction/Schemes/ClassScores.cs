using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Schemes;

/// <summary>What the schemes for classifiers need of one.</summary>
internal static class ClassScores
{
    public const string Wanted = "a classifier";

    public static bool Supported(LearningTask task) => task is Classification;

    /// <summary>Z, [N, classes]: numbers whose softmax is the model's distribution. One output is two classes.</summary>
    public static Tensor Logits(Network network, Tensor inputs)
    {
        const double smallest = 1e-12;
        var outputs = network.Forward(inputs).flatten(1);
        if (outputs.shape[1] > 1)
        {
            return network.Form == OutputForm.Probabilities ? outputs.clamp(smallest).log() : outputs;
        }

        var second = network.Form switch
        {
            OutputForm.Probabilities => outputs.clamp(smallest).log() - (1 - outputs).clamp(smallest).log(),
            OutputForm.LogProbabilities => outputs - (1 - outputs.exp()).clamp(smallest).log(),
            _ => outputs,
        };
        return cat([zeros_like(second), second], 1);
    }

    /// <summary>The class of each served answer, [N].</summary>
    /// <param name="answers">Probabilities, [N, out].</param>
    public static long[] Classes(Tensor answers)
    {
        using var scope = NewDisposeScope();
        var classes = answers.shape[1] == 1 ? answers.gt(0.5).squeeze(1).to_type(ScalarType.Int64) : answers.argmax(1);
        return [.. classes.cpu().data<long>()];
    }

    /// <summary>Places of inputs whose class the target gets right, or wrong, in random order.</summary>
    public static long[] Seeds(SchemeContext context, bool right, string purpose)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var hit = Logits(context.Target, context.Inputs).argmax(1).eq(context.Targets).cpu().data<bool>().ToArray();
        var places = Enumerable.Range(0, hit.Length).Where(i => hit[i] == right).ToList();
        return [.. new Torch.SeededRandom(context.Seed, purpose).Shuffle(places).Select(place => (long)place)];
    }
}
