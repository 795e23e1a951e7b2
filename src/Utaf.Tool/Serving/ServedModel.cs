using Microsoft.AspNetCore.Http;
using TorchSharp;
using Utaf.Models;
using static TorchSharp.torch;

namespace Utaf.Tool.Serving;

/// <summary>Answers for a batch.</summary>
/// <param name="Shape">[N, …].</param>
/// <param name="Values">Row-major, all finite.</param>
internal sealed record InferenceOutputs(long[] Shape, float[] Values);

/// <summary>A TorchScript model that answers requests, one at a time.</summary>
internal sealed class ServedModel : IDisposable
{
    private const int BatchSize = 256;

    private readonly TorchScriptFile file;
    private readonly jit.ScriptModule<Tensor, Tensor> module;
    private readonly Device device;
    private readonly int[]? required;

    private ServedModel(string name, TorchScriptFile file, jit.ScriptModule<Tensor, Tensor> module, Device device, int[]? required)
    {
        (Name, this.file, this.module, this.device, this.required) = (name, file, module, device, required);
    }

    public string Name { get; }

    /// <summary>The file's path.</summary>
    public string Path => file.Path;

    /// <summary>Shape of one input; null where nobody knows it: it does not stand in a TorchScript file.</summary>
    public IReadOnlyList<long>? InputShape { get; private set; }

    /// <summary>Shape of one output; null where the input's is not known.</summary>
    public IReadOnlyList<long>? OutputShape { get; private set; }

    /// <summary>Checks and loads a model, and tries it on zeros.</summary>
    /// <param name="path">The TorchScript file.</param>
    /// <param name="name">Its name in addresses.</param>
    /// <param name="inputShape">The shape of one input; null to look whether the weights tell.</param>
    /// <param name="device">Where it computes.</param>
    /// <exception cref="UtafException">
    /// UTAF1002, UTAF1003, UTAF1101 to UTAF1105: no usable file. UTAF1106, UTAF1107: it does not take inputs of the given shape.
    /// </exception>
    public static ServedModel Load(string path, string name, int[]? inputShape, Device device)
    {
        var opened = TorchScriptFile.Open(path);
        var module = opened.Load();
        if (device.type != DeviceType.CPU)
        {
            module.to(device);
        }

        var model = new ServedModel(name, opened, module, device, inputShape);
        try
        {
            if (inputShape is not null)
            {
                model.Try(inputShape);
            }
            else
            {
                model.Guess();
            }

            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Runs the model. Not to be called by two threads at once.</summary>
    /// <param name="request">Any number of inputs.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <exception cref="RequestFault">400: the model does not take the inputs; 500: its answers are none.</exception>
    public InferenceOutputs Infer(InferenceRequest request, CancellationToken cancellationToken)
    {
        if (required is not null && !request.Shape.Skip(1).SequenceEqual(required.Select(size => (long)size)))
        {
            throw RequestFault.Bad($"the shape is {RequestFault.Shown(request.Shape)}, expected {RequestFault.Shown([-1, .. required])}");
        }

        using var scope = NewDisposeScope();
        var answers = Run(request.Values, request.Shape, cancellationToken);
        var values = answers.data<float>().ToArray();
        return Array.TrueForAll(values, float.IsFinite)
            ? new(answers.shape, values)
            : throw new RequestFault(StatusCodes.Status500InternalServerError, "the model returned NaN or infinity, which JSON cannot hold");
    }

    public void Dispose()
    {
        // Disposing a TorchScript module makes new handles for the tensors of each of its parts, and forgets them.
        using var scope = NewDisposeScope();
        module.Dispose();
    }

    private Tensor Run(float[] values, long[] shape, CancellationToken cancellationToken)
    {
        using var noGradient = no_grad();
        try
        {
            // Copied for torch's own alignment, so that answers do not differ in their last bits from run to run.
            var inputs = tensor(values, shape).to(device).clone();
            var batches = new List<Tensor>();
            foreach (var batch in inputs.split(BatchSize))
            {
                cancellationToken.ThrowIfCancellationRequested();
                batches.Add(file.Run(module, batch).to_type(ScalarType.Float32).cpu());
            }

            return cat(batches).contiguous();
        }
        catch (UtafException e) when (e.Diagnostic.Code == "UTAF1106")
        {
            throw RequestFault.Bad($"the model does not take float32 {RequestFault.Shown(shape)}");
        }
        catch (UtafException e)
        {
            throw new RequestFault(StatusCodes.Status500InternalServerError, e.Message);
        }
    }

    /// <summary>Two zeros, so that a model which mixes up the inputs of a batch is found out.</summary>
    private void Try(int[] shape)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        long[] sizes = [.. shape.Select(size => (long)size)];
        var outputs = file.Run(module, zeros([2, .. sizes], device: device));
        (InputShape, OutputShape) = (sizes, [.. outputs.shape.Skip(1)]);
    }

    /// <summary>
    /// The first layer of a model on flat inputs has a matrix of that width. What fits is only told to clients: a request of another
    /// shape is still tried.
    /// </summary>
    private void Guess()
    {
        using var scope = NewDisposeScope();
        foreach (var width in module.parameters().Where(weights => weights.dim() == 2).Select(weights => (int)weights.shape[1]).Distinct())
        {
            try
            {
                Try([width]);
                return;
            }
            catch (UtafException)
            {
                // It is another layer's width.
            }
        }
    }
}
