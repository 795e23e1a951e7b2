using Utaf.Benchmarks.Results;
using Utaf.Construction;
using Utaf.Ensembles;
using Utaf.Models;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Benchmarks.Scenarios;

/// <summary>
/// What no ensemble is trained on: weights in eight bits, an API that adds noise to its inputs or makes images smaller, a copy
/// that was trained on adversarial examples, and copies that were obfuscated twice where the ensemble has none. The fingerprints
/// of the default setting are tried on them.
/// </summary>
internal static class UnseenAttacks
{
    private static readonly double[] NoiseLevels = [0.01, 0.02, 0.05];
    private static readonly double[] Sizes = [0.75, 0.5];
    private static readonly double[] Steps = [0.01, 0.03];

    /// <summary>The same fingerprints with other suspects.</summary>
    /// <param name="opened">Target, members and data.</param>
    /// <param name="split">The ensemble's parts.</param>
    /// <param name="box">The ranges of the inputs; used until the suspects are scored.</param>
    /// <param name="made">All fingerprints.</param>
    /// <param name="profile">How long attacks are trained.</param>
    /// <param name="say">Told which attacks there are.</param>
    /// <param name="stop">Looked at between steps of training.</param>
    public static IReadOnlyList<Fingerprinted> Of(
        OpenedScenario opened, EnsembleSplit split, InputBox box, IReadOnlyList<Fingerprinted> made, Profile profile, Action<string> say, CancellationToken stop)
    {
        var ensemble = opened.Ensemble;
        var workshop = ensemble.Workshop;
        var (low, high) = (box.Minimum, box.Maximum);
        var honest = split.Test.Where(member => !member.Stolen).Select(member => TriedSuspect.Of(member, ensemble)).ToList();
        var target = new TriedSuspect("target", Stolen: true, "", "target", () => workshop.Target.Copy().Freeze());
        var attacks = new List<(string Name, IReadOnlyList<TriedSuspect> Suspects)>
        {
            ("int8", [.. Int8.Forms.Select(form => target with { Id = $"target+{form.Name}", Family = "int8", Source = form.Name, Load = () => form.Of(workshop.Target) }), .. honest]),
            ("input-noise", Served("input-noise", NoiseLevels, level => inputs => Noisy(inputs, level, box))),
        };
        if (workshop.Data.ImageShape is [_, _, _])
        {
            attacks.Add(("resize", Served("resize", Sizes, size => inputs => Resized(inputs, size))));
        }

        if (workshop.Task is Classification)
        {
            attacks.Add(("adversarial", [.. Steps.Select(step => Adversarial(step, profile)), .. honest]));
        }

        if (ChainedCopies.Of(ensemble, split, stop) is { Count: > 0 } chains)
        {
            attacks.Add((ChainedCopies.Name, [.. chains, .. honest]));
        }

        say($"unseen: {string.Join(", ", attacks.Select(attack => attack.Name))}");
        return
        [
            .. from fingerprint in made.Where(fingerprint => fingerprint.Setting == Settings.Default)
               from attack in attacks
               select fingerprint with { Setting = Settings.Unseen(attack.Name), Suspects = attack.Suspects },
        ];

        // What an API does to its inputs it does for honest models too.
        IReadOnlyList<TriedSuspect> Served(string name, double[] degrees, Func<double, Func<Tensor, Tensor>> serve) =>
        [
            .. from degree in degrees
               from suspect in honest.Prepend(target)
               select suspect with
               {
                   Id = FormattableString.Invariant($"{suspect.Id}+{name}-{degree}"),
                   Family = suspect.Stolen ? name : suspect.Family,
                   Served = serve(degree),
               },
        ];

        TriedSuspect Adversarial(double step, Profile much)
        {
            var id = FormattableString.Invariant($"target+adversarial-{step}");
            return new(id, Stolen: true, "adversarial", id, () => AdversarialFineTuning.Of(workshop, step * (high - low), (low, high), much == Profile.Smoke ? 1 : 3, ensemble.Folder.Plan.Seed, stop));
        }
    }

    /// <summary>The same noise for every suspect: a fingerprint is not to be lucky.</summary>
    /// <param name="inputs">[N, input…].</param>
    /// <param name="level">The noise's standard deviation, a fraction of each number's range.</param>
    /// <param name="box">The ranges.</param>
    internal static Tensor Noisy(Tensor inputs, double level, InputBox box)
    {
        var noise = new SeededRandom(0, "input noise").Normal(inputs.shape, level).to(inputs.device);
        return box.Clip(inputs + (noise * box.Span));
    }

    /// <summary>Made smaller and as large as before again, bilinearly.</summary>
    internal static Tensor Resized(Tensor images, double size)
    {
        var (height, width) = (images.shape[^2], images.shape[^1]);
        var small = nn.functional.interpolate(images, [Math.Max(1, (long)(height * size)), Math.Max(1, (long)(width * size))], mode: InterpolationMode.Bilinear, align_corners: false);
        return nn.functional.interpolate(small, [height, width], mode: InterpolationMode.Bilinear, align_corners: false);
    }
}
