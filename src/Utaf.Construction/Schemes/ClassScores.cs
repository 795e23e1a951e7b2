using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Schemes;

/// <summary>What the gradient schemes need of a classifier.</summary>
internal static class ClassScores
{
    public static bool Supported(LearningTask task, int width) => task is Classification && width >= 2;

    public static void Require(IFingerprintScheme scheme, SchemeContext context)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var width = (int)context.Target.Forward(context.Inputs.narrow(0, 0, 1)).flatten(1).shape[1];
        if (!scheme.Supports(context.Task, width))
        {
            throw Errors.BadOption("--schemes", scheme.Name, $"a scheme for a {context.Task.Name} model of {width} output(s)");
        }
    }

    /// <summary>Z, [N, classes]: numbers whose softmax is the model's distribution.</summary>
    public static Tensor Logits(Network network, Tensor inputs)
    {
        var outputs = network.Forward(inputs).flatten(1);
        return network.Form == OutputForm.Probabilities ? outputs.clamp(1e-12).log() : outputs;
    }

    /// <summary>Inputs whose class the target gets right, or wrong, in random order.</summary>
    public static Tensor Seeds(SchemeContext context, bool right, int count, string purpose)
    {
        using var noGradient = no_grad();
        var hit = Logits(context.Target, context.Inputs).argmax(1).eq(context.Targets).data<bool>().ToArray();
        var places = Enumerable.Range(0, hit.Length).Where(i => hit[i] == right).ToList();
        var chosen = new Torch.SeededRandom(context.Seed, purpose).Shuffle(places).Take(count).Select(i => (long)i).ToArray();
        return chosen.Length == 0 ? context.Inputs.narrow(0, 0, 0) : context.Inputs.index_select(0, tensor(chosen));
    }
}
