using System.Text.Json.Serialization;
using Utaf.Torch;

namespace Utaf.Models;

/// <summary>How to make a network, apart from its weights. Adding one is a file and a line here.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "architecture")]
[JsonDerivedType(typeof(TargetArchitecture), "target")]
[JsonDerivedType(typeof(Mlp), "mlp")]
[JsonDerivedType(typeof(SmallConvNet), "convnet")]
[JsonDerivedType(typeof(ResNet18), "resnet-18")]
[JsonDerivedType(typeof(SqueezeNet), "squeezenet-1.0")]
[JsonDerivedType(typeof(DenseNet161), "densenet-161")]
[JsonDerivedType(typeof(AlexNet), "alexnet")]
[JsonDerivedType(typeof(Vgg16), "vgg-16")]
[JsonDerivedType(typeof(Dcgan), "dcgan")]
[JsonDerivedType(typeof(FcGan), "fcgan")]
public abstract record Architecture
{
    /// <summary>A short name that is unique among architectures, for example <c>mlp-100-100</c>.</summary>
    [JsonIgnore]
    public abstract string Id { get; }

    /// <summary>Whether networks of this kind can take such inputs.</summary>
    public abstract bool Accepts(ArchitectureContext context);

    /// <summary>Makes a network with fresh weights from <paramref name="random"/> only, in eval mode on the CPU.</summary>
    public abstract Network Build(ArchitectureContext context, SeededRandom random);
}

/// <summary>What an architecture needs to know of the task to make a network for it.</summary>
/// <param name="Target">The target model: the signature to share, and the network that <see cref="TargetArchitecture"/> repeats.</param>
/// <param name="ImageShape">[C, H, W] when the inputs are images (flattened ones too); null otherwise.</param>
/// <param name="Scaling">The scale of the inputs and outputs, which networks from scratch have built in.</param>
public sealed record ArchitectureContext(TargetModel Target, int[]? ImageShape, Scaling Scaling)
{
    /// <summary>The signature that every member shares with the target.</summary>
    public ModelSignature Signature => Target.Signature;

    /// <summary>Whether the target makes samples of latent vectors.</summary>
    public bool Generates { get; init; }

    /// <summary>[C, H, W] when generated samples are images; null otherwise.</summary>
    public int[]? SampleShape { get; init; }
}

/// <summary>
/// Statistics that networks from scratch have built in, so that any architecture trains on data of any scale:
/// they see (x − mean) / deviation, and return y · deviation + mean.
/// </summary>
/// <param name="InputMean">Per input number, [in].</param>
/// <param name="InputDeviation">Per input number, [in], above 0.</param>
/// <param name="OutputMean">Per output number, [out]; zeros for classifiers.</param>
/// <param name="OutputDeviation">Per output number, [out], above 0; ones for classifiers.</param>
public sealed record Scaling(float[] InputMean, float[] InputDeviation, float[] OutputMean, float[] OutputDeviation);
