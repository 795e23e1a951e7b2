using TorchSharp;
using Utaf.Data;
using Utaf.Fingerprints;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Models;

/// <summary>
/// Samples like the owner's, made of latent vectors that are N(0, 1). In tables of this task the inputs are latent vectors
/// drawn once, on which members are compared, and the targets are real samples: the two of a row have nothing to do
/// with each other. Students learn a teacher's samples of latent vectors drawn afresh, number by number (Aguinaldo et al.
/// 2018); other generators learn from a discriminator.
/// </summary>
public sealed class Generation : RawOutputTask
{
    /// <summary>The box X of latent vectors, per coordinate: beyond it N(0, 1) hardly ever is.</summary>
    internal const float LatentBound = 3;

    private const int MostComponents = 16;
    private const int Tried = 256;

    /// <inheritdoc/>
    public override string Name => "generation";

    /// <inheritdoc/>
    public override bool DrawsInputs => true;

    /// <summary>Inner products, where there are answers enough and these are fewer numbers than the samples have.</summary>
    /// <inheritdoc/>
    public override AnswerReading? Reading(int width, int examples) =>
        examples >= FewestToStandardise && examples - 1 < 2L * width ? new InnerProducts(width) : null;

    /// <summary>A generator that is hardly trained makes grey as well, and may be honest.</summary>
    public override bool FadedAnswersAreDamage => false;

    /// <summary>2e-4, as Radford et al. (2016) train.</summary>
    public override double LearningRate => 2e-4;

    /// <summary>Opens a TorchScript generator as the target.</summary>
    /// <param name="path">The file.</param>
    /// <param name="latentShape">The shape of a latent vector; null to read it from the first layer: [n] of a linear one, [n, 1, 1] of a convolution.</param>
    /// <param name="lastLayer">The prefix of the last layer's parameters; null to find it.</param>
    /// <exception cref="UtafException">UTAF11xx, UTAF1403: see <see cref="TargetModel.Load"/>. UTAF1106: it takes no such latent vectors.</exception>
    public static TargetModel Load(string path, int[]? latentShape, string? lastLayer = null)
    {
        var shape = latentShape ?? LatentShape(path);
        var latents = new DataTable(shape, Latents(shape, Tried, 0, "probe"), 0, [], "latent vectors");
        return TargetModel.Load(path, new Generation(), latents, lastLayer);
    }

    /// <summary>Makes this task's table of real samples.</summary>
    /// <param name="samples">The samples are its inputs; labels are left out, unless with them a row has the generator's width: then a text table's last column was no label.</param>
    /// <param name="target">The generator.</param>
    /// <param name="name">Tells the latent vectors of several tables apart.</param>
    /// <param name="seed">The run's seed.</param>
    /// <returns>Latent vectors as inputs, samples as targets. Samples in [0, 1] are stretched to [−1, 1] where the generator's are there.</returns>
    /// <exception cref="UtafException">
    /// UTAF1206: the generator makes samples of another size, or within [−1, 1] where the data goes beyond [−2, 2]. UTAF1215: it
    /// makes them within [0, 1], and the data goes below −0.5.
    /// </exception>
    public static DataTable Table(DataTable samples, TargetModel target, string name, ulong seed)
    {
        var values = Whole(samples, target.Signature.OutputWidth);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var shape = target.Signature.InputShape;
        var made = target.Network.Forward(tensor(Latents(shape, Tried, 0, "probe"), target.Signature.BatchShape(Tried)).to(DeviceOf(target)));
        var (low, high) = (made.min().ToSingle(), made.max().ToSingle());
        var (least, most) = (values.Min(), values.Max());
        if (low >= -1 && high <= 1 && (least < -2 || most > 2))
        {
            throw Errors.WrongDataShape(samples.Origin, "samples of the generator's range, which is within [-1, 1] (divide pixels by --scale 255)", FormattableString.Invariant($"numbers from {least} to {most}"));
        }

        if (low >= 0 && high <= 1 && least < -0.5f)
        {
            // A Sigmoid at the generator's end, and data for a Tanh.
            throw Errors.WrongSampleRange(samples.Origin, low, high, least, most);
        }

        if (low < -0.5f && low >= -1 && high <= 1 && least >= 0 && most <= 1)
        {
            values = [.. values.Select(value => (2 * value) - 1)];
        }

        return new(shape, Latents(shape, samples.Count, seed, name), target.Signature.OutputWidth, values, samples.Origin) { Rows = samples.Rows };
    }

    /// <inheritdoc/>
    public override void Check(DataTable data, ModelSignature signature)
    {
        if (data.TargetWidth != signature.OutputWidth)
        {
            throw Errors.WrongDataShape(data.Origin, $"samples of {signature.OutputWidth} numbers, as the generator makes", $"{data.TargetWidth}");
        }
    }

    /// <inheritdoc/>
    public override Tensor Targets(DataTable data) => tensor(data.Targets, data.Count, data.TargetWidth).clone();

    /// <summary>What takes Tanh to the samples' range: that of all numbers where they are within [−1, 1], as pixels are, or else of each column.</summary>
    public override (float[] Mean, float[] Deviation) OutputScale(DataTable owner, TargetModel target)
    {
        var width = owner.TargetWidth;
        var alike = owner.Targets.All(value => Math.Abs(value) <= 1);
        var (low, high) = ColumnStatistics.Range(owner.Targets, alike ? 1 : width);
        float[] mean = [.. low.Zip(high, (least, most) => (least + most) / 2)];
        float[] deviation = [.. low.Zip(high, (least, most) => most > least ? (most - least) / 2 : 1)];
        return alike ? ([.. Enumerable.Repeat(mean[0], width)], [.. Enumerable.Repeat(deviation[0], width)]) : (mean, deviation);
    }

    /// <summary>Samples whose numbers are in another order, the same for all: as bright or as large, and of nothing.</summary>
    public override DataTable Irrelevant(DataTable data, ModelSignature signature, SeededRandom random)
    {
        var order = random.Permutation(data.TargetWidth);
        return data with { Targets = [.. data.Targets.Chunk(data.TargetWidth).SelectMany(row => order.Select(i => row[i]))] };
    }

    /// <inheritdoc/>
    public override DataTable FitTargets(DataTable foreign, DataTable owner, ModelSignature signature) => foreign;

    /// <summary>
    /// 1 − F/F₀: F is the Fréchet distance (Heusel et al. 2017) of generated and real samples in the space of the real ones'
    /// first 16 principal components, F₀ that of a generator that always makes the mean sample. At most 1; 0 is as good as
    /// the mean. The components stand in for an Inception network's features, which small samples of any kind do not have.
    /// </summary>
    /// <param name="outputs">Generated samples, [N, out].</param>
    /// <param name="targets">Real ones, [M, out].</param>
    /// <param name="form">Always raw.</param>
    public override double Utility(Tensor outputs, Tensor targets, OutputForm form)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (generated, real) = (outputs.to_type(ScalarType.Float64), targets.to_type(ScalarType.Float64));
        var mean = real.mean([0], keepdim: true);
        var (_, axes) = linalg.eigh(Covariance(real));
        var components = axes.narrow(1, Math.Max(0, axes.shape[1] - MostComponents), Math.Min(MostComponents, axes.shape[1]));
        var (theirs, ours) = ((real - mean).matmul(components), (generated - mean).matmul(components));
        var (realSpread, madeSpread) = (Covariance(theirs), Covariance(ours));

        // The real covariance is diagonal here, so that its root is one of numbers.
        var root = realSpread.diagonal().clamp_min(0).sqrt();
        var joint = linalg.eigvalsh(root.unsqueeze(1) * madeSpread * root.unsqueeze(0)).clamp_min(0).sqrt().sum();
        var whole = realSpread.diagonal().sum();
        var distance = ours.mean([0L]).square().sum() + whole + madeSpread.diagonal().sum() - (2 * joint);
        return 1 - (distance / whole).ToDouble();
    }

    private static Tensor Covariance(Tensor rows)
    {
        var centred = rows - rows.mean([0], keepdim: true);
        return centred.t().matmul(centred) / Math.Max(1, rows.shape[0] - 1);
    }

    private static Device DeviceOf(TargetModel target) => target.Network.Parameters[0].Tensor.device;

    internal static float[] Latents(int[] shape, int count, ulong seed, string name)
    {
        var random = new SeededRandom(seed, $"latent vectors, {name}");
        return [.. Enumerable.Range(0, count * shape.Aggregate(1, (product, size) => product * size)).Select(_ => (float)random.NextNormal())];
    }

    private static int[] LatentShape(string path)
    {
        using var scope = NewDisposeScope();
        var file = TorchScriptFile.Open(path);
        using var network = new Network(new TargetArchitecture(), file.Load(), OutputForm.Raw, lastLayer: null, file.Convolutions);
        return network.Parameters.FirstOrDefault(parameter => parameter.IsWeight) switch
        {
            null => throw Errors.NoParameters(path),
            { Tensor: var matrix } when matrix.dim() == 2 => [(int)matrix.shape[1]],
            var kernels => [(int)kernels.Tensor.shape[1 - kernels.OutputAxis], .. Enumerable.Repeat(1, (int)kernels.Tensor.dim() - 2)],
        };
    }

    private static float[] Whole(DataTable samples, int width)
    {
        if (samples.ExampleSize == width)
        {
            return samples.Inputs;
        }

        return samples.InputShape.Length == 1 && samples.ExampleSize + samples.TargetWidth == width
            ? [.. samples.Inputs.Chunk(samples.ExampleSize).Zip(samples.Targets.Chunk(samples.TargetWidth)).SelectMany(row => row.First.Concat(row.Second))]
            : throw Errors.WrongDataShape(samples.Origin, $"samples of {width} numbers, as the generator makes", $"{samples.ExampleSize}");
    }
}
