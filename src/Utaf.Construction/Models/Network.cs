using System.Security.Cryptography;
using System.Text;
using TorchSharp;
using Utaf.Fingerprints;
using static TorchSharp.torch;

namespace Utaf.Models;

/// <summary>
/// A model with white-box access: forward, gradients, named parameters and buffers. TorchScript files and the zoo's
/// architectures look alike from here on.
/// </summary>
public sealed class Network : IDisposable
{
    private readonly nn.Module module;
    private readonly Func<Tensor, Tensor> forward;
    private readonly ConvolutionKinds convolutions;

    /// <summary>Takes over a module of the zoo.</summary>
    public Network(Architecture architecture, nn.Module<Tensor, Tensor> module, OutputForm form)
        : this(architecture, module, module.forward, form, lastLayer: null)
    {
    }

    /// <summary>Takes over a TorchScript module.</summary>
    /// <param name="architecture">How another one is made.</param>
    /// <param name="module">The module; owned by the network from now on.</param>
    /// <param name="form">What its outputs mean.</param>
    /// <param name="lastLayer">The prefix of the last layer's parameters; null to find it: <see cref="Layers.Last"/>.</param>
    /// <param name="convolutions">Which kinds of convolution its code has.</param>
    public Network(Architecture architecture, jit.ScriptModule<Tensor, Tensor> module, OutputForm form, string? lastLayer, ConvolutionKinds convolutions = ConvolutionKinds.Plain)
        : this(architecture, module, module.forward, form, lastLayer, convolutions)
    {
    }

    private Network(Architecture architecture, nn.Module module, Func<Tensor, Tensor> forward, OutputForm form, string? lastLayer, ConvolutionKinds convolutions = ConvolutionKinds.Plain)
    {
        this.module = module;
        this.forward = forward;
        Architecture = architecture;
        Form = form;
        LastLayer = lastLayer;
        this.convolutions = convolutions;
        (Parameters, Buffers) = Tensors();
        module.eval();
    }

    /// <summary>The layers, for what knows them.</summary>
    internal nn.Module Module => module;

    /// <summary>How another one is made.</summary>
    public Architecture Architecture { get; }

    /// <summary>What the outputs mean.</summary>
    public OutputForm Form { get; }

    /// <summary>The prefix of the last layer's parameters, where it was given.</summary>
    public string? LastLayer { get; }

    /// <summary>The trainable tensors, in the order in which the model registers them.</summary>
    public IReadOnlyList<NamedTensor> Parameters { get; private set; }

    /// <summary>The tensors that are no parameters, such as batch norm's running statistics.</summary>
    public IReadOnlyList<NamedTensor> Buffers { get; private set; }

    /// <summary>Runs the model.</summary>
    /// <param name="inputs">[N, input…] on the network's device.</param>
    /// <returns>[N, out…], with gradients to inputs and parameters where these ask for them.</returns>
    public Tensor Forward(Tensor inputs) => OneRowEach(forward(inputs));

    /// <summary>One number for each input is a row of one: a model may well squeeze its outputs to [N].</summary>
    internal static Tensor OneRowEach(Tensor outputs) => outputs.dim() == 1 ? outputs.unsqueeze(1) : outputs;

    /// <summary>Batch norm and dropout as in training.</summary>
    public void TrainingMode() => module.train();

    /// <summary>Batch norm and dropout as in use.</summary>
    public void EvaluationMode() => module.eval();

    /// <summary>No gradient reaches the parameters any more; gradients with respect to inputs still flow.</summary>
    public Network Freeze()
    {
        EvaluationMode();
        foreach (var parameter in Parameters)
        {
            parameter.Tensor.requires_grad = false;
        }

        return this;
    }

    /// <summary>Moves every tensor to the device.</summary>
    public Network To(Device device)
    {
        if (device.type != DeviceType.CPU)
        {
            // Moving replaces the tensors, so their list is made anew.
            module.to(device);
            (Parameters, Buffers) = Tensors();
        }

        return this;
    }

    /// <summary>All tensors as bytes, by name: what a member's file holds.</summary>
    public IReadOnlyList<SafetensorsTensor> Export() => [.. Parameters.Concat(Buffers).Select(named => named.ToSafetensors())];

    /// <summary>Sets all tensors from bytes.</summary>
    /// <exception cref="FormatException">A tensor is missing, or has another shape or type.</exception>
    public void Import(IEnumerable<SafetensorsTensor> tensors)
    {
        var byName = tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        foreach (var named in Parameters.Concat(Buffers))
        {
            named.Set(byName.GetValueOrDefault(named.Name) ?? throw new FormatException($"The tensor '{named.Name}' is missing."));
        }
    }

    /// <summary>Sets all tensors from another network of the same architecture.</summary>
    public void CopyFrom(Network other)
    {
        using var noGradient = no_grad();
        foreach (var (mine, theirs) in Parameters.Concat(Buffers).Zip(other.Parameters.Concat(other.Buffers)))
        {
            mine.Tensor.copy_(theirs.Tensor);
        }
    }

    /// <summary>SHA-256 over all tensors: equal for copies that nothing was done to.</summary>
    public string WeightsSha256()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (Parameters.Count + Buffers.Count == 0)
        {
            // A frozen model's weights are constants in its code: the file that it came from tells it apart.
            hash.AppendData(Encoding.UTF8.GetBytes(Architecture.Id));
        }

        foreach (var named in Parameters.Concat(Buffers))
        {
            named.AppendTo(hash);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Saves the model as TorchScript.</summary>
    /// <exception cref="NotSupportedException">The model is no TorchScript model: torch's C++ API cannot export the zoo's.</exception>
    /// <exception cref="UtafException">UTAF1309: the file cannot be written.</exception>
    public void SaveTorchScript(string path)
    {
        var script = module as jit.ScriptModule ?? throw new NotSupportedException($"{Architecture.Id} is not TorchScript.");
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            jit.save(script, temporary);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Runtime.InteropServices.ExternalException)
        {
            // Where the folder is missing or no folder, File.Delete would throw a second time.
            if (File.Exists(temporary))
            {
                File.Delete(temporary);
            }

            throw Errors.Unwritable(path, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Disposing a TorchScript module makes new handles for the tensors of each of its parts, and forgets them.
        using var scope = NewDisposeScope();
        foreach (var named in Parameters.Concat(Buffers))
        {
            named.Tensor.Dispose();
        }

        module.Dispose();
    }

    // A module's tensors live and end with the network, whatever dispose scope it happens to be made in.
    private (IReadOnlyList<NamedTensor> Parameters, IReadOnlyList<NamedTensor> Buffers) Tensors() =>
    (
        TransposedKernels.Mark([.. module.named_parameters().Select(p => new NamedTensor(p.name, p.parameter.DetachFromDisposeScope()))], module, convolutions),
        [.. module.named_buffers().Select(b => new NamedTensor(b.name, b.buffer.DetachFromDisposeScope()))]);
}
