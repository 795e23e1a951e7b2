using Utaf.Ensembles;
using Utaf.Fingerprints;
using Utaf.Models;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>What a thief may do that no member of an ensemble has been through.</summary>
/// <param name="Name">The setting's.</param>
/// <param name="Description">For the reader of the results.</param>
/// <param name="IsOfTheApi">What is done to the inputs happens to every suspect, honest ones too.</param>
internal abstract record UnseenAttack(string Name, string Description, bool IsOfTheApi)
{
    public static IReadOnlyList<UnseenAttack> All { get; } = [new Quantisation(), new InputNoise(), new Resizing(), new AdversarialHardening()];

    /// <summary>Whether it can be done to models of this kind.</summary>
    public virtual bool Fits(Workshop workshop) => true;

    /// <summary>The matching rate of a suspect after the attack.</summary>
    /// <param name="pair">Made without it.</param>
    /// <param name="network">May be changed.</param>
    /// <param name="workshop">The task and the data.</param>
    public double Score(FingerprintPair pair, Network network, Workshop workshop)
    {
        using var scope = NewDisposeScope();
        ChangeNetwork(network, workshop);
        using var noGradient = no_grad();
        var inputs = tensor(pair.Fingerprint.Values, [pair.Fingerprint.Count, .. pair.Fingerprint.InputShape.Select(size => (long)size)]).clone();
        var outputs = workshop.Task.Product(network.Forward(ChangedInputs(inputs, pair)).flatten(1), network.Form).contiguous();
        return pair.Verifier.MatchingRate(outputs.data<float>().ToArray());
    }

    protected virtual void ChangeNetwork(Network network, Workshop workshop)
    {
    }

    protected virtual Tensor ChangedInputs(Tensor inputs, FingerprintPair pair) => inputs;

    /// <summary>Weights as int8 holds them: symmetric, one scale for each row of a weight (per output channel), biases as they are.</summary>
    private sealed record Quantisation() : UnseenAttack("int8", "weights rounded to 8 bits, one scale per output channel", IsOfTheApi: false)
    {
        private const double Levels = 127;

        protected override void ChangeNetwork(Network network, Workshop workshop)
        {
            using var noGradient = no_grad();
            foreach (var weight in network.Parameters.Select(parameter => parameter.Tensor).Where(weight => weight.dim() > 1))
            {
                var flat = weight.flatten(1);
                var step = flat.abs().amax([1], keepdim: true).div(Levels).clamp_min(1e-12);
                weight.copy_(flat.div(step).round().mul(step).view(weight.shape));
            }
        }
    }

    /// <summary>Noise of 2 % of the box's width on every input, the same for every suspect.</summary>
    private sealed record InputNoise() : UnseenAttack("input-noise", "normal noise on the inputs at the API, deviation 2 % of the box", IsOfTheApi: true)
    {
        private const double Share = 0.02;

        protected override Tensor ChangedInputs(Tensor inputs, FingerprintPair pair)
        {
            var noise = new SeededRandom(0, "input noise").Normal([.. inputs.shape]);
            var (low, high) = (pair.Manifest.Input.Minimum, pair.Manifest.Input.Maximum);
            return inputs.add(noise.mul((high - low) * Share)).clamp(low, high);
        }
    }

    /// <summary>Images shrunk to three quarters and back.</summary>
    private sealed record Resizing() : UnseenAttack("resize", "images shrunk to three quarters of their side and back at the API, bilinear", IsOfTheApi: true)
    {
        public override bool Fits(Workshop workshop) => workshop.Target.Signature.InputShape is [_, >= 8, >= 8];

        protected override Tensor ChangedInputs(Tensor inputs, FingerprintPair pair)
        {
            var (height, width) = (inputs.shape[2], inputs.shape[3]);
            var small = nn.functional.interpolate(inputs, size: [height * 3 / 4, width * 3 / 4], mode: InterpolationMode.Bilinear, align_corners: false);
            return nn.functional.interpolate(small, size: [height, width], mode: InterpolationMode.Bilinear, align_corners: false);
        }
    }

    /// <summary>The stolen model goes on learning, from the public data moved by one step along the sign of the gradient (FGSM).</summary>
    private sealed record AdversarialHardening() : UnseenAttack("adversarial", "an epoch of training on public inputs moved by a gradient's sign (FGSM), 1 % of each input's range", IsOfTheApi: false)
    {
        private const double Share = 0.01;
        private const int Batch = 64;
        private const int MostBatches = 60;

        // A generator has no labels to be led astray from.
        public override bool Fits(Workshop workshop) => !workshop.Task.DrawsInputs;

        protected override void ChangeNetwork(Network network, Workshop workshop)
        {
            var (data, task) = (workshop.Public, workshop.Task);
            foreach (var parameter in network.Parameters)
            {
                parameter.Tensor.requires_grad = true;
            }

            var low = data.Inputs.amin([0L], keepdim: true);
            var reach = (data.Inputs.amax([0L], keepdim: true) - low) * Share;
            using var adam = new FusedAdam([.. network.Parameters.Select(parameter => parameter.Tensor)], task.LearningRate);
            var order = tensor(new SeededRandom(0, "adversarial").Permutation(data.Count));
            for (var batch = 0; batch < Math.Min(MostBatches, data.Count / Batch); batch++)
            {
                using var scope = NewDisposeScope();
                var rows = order.narrow(0, batch * Batch, Batch);
                var targets = data.Targets.index_select(0, rows);
                var inputs = data.Inputs.index_select(0, rows).requires_grad_();
                network.EvaluationMode();
                task.Losses(network.Forward(inputs).flatten(1), targets, network.Form).sum().backward();
                var moved = inputs.detach() + (inputs.grad!.sign() * reach);
                foreach (var parameter in network.Parameters)
                {
                    parameter.Tensor.grad = null;
                }

                network.TrainingMode();
                task.Losses(network.Forward(moved).flatten(1), targets, network.Form).mean().backward();
                adam.Step();
            }

            network.EvaluationMode();
        }
    }
}
