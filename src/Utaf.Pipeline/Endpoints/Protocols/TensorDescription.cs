namespace Utaf.Endpoints.Protocols;

/// <summary>A tensor as a model's description has it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Datatype">As the Open Inference Protocol writes it, such as FP32.</param>
/// <param name="Shape">With the batch, -1 for any size; null if it is not known.</param>
internal sealed record TensorDescription(string Name, string Datatype, IReadOnlyList<long>? Shape)
{
    private const string Bytes = "BYTES";

    /// <summary>The whole numbers that a datatype holds and float32 can write.</summary>
    private static readonly Dictionary<string, (double Least, double Most)> WholeRanges = new()
    {
        ["INT8"] = (sbyte.MinValue, sbyte.MaxValue),
        ["INT16"] = (short.MinValue, short.MaxValue),
        ["INT32"] = (int.MinValue, int.MaxValue),
        ["INT64"] = (-9e18, 9e18),
        ["UINT8"] = (0, byte.MaxValue),
        ["UINT16"] = (0, ushort.MaxValue),
        ["UINT32"] = (0, uint.MaxValue),
        ["UINT64"] = (0, 9e18),
    };

    /// <summary>Inputs in one request, where the tensor's shape fixes it.</summary>
    public int? BatchSize => Shape is [> 0 and <= int.MaxValue, ..] ? (int)Shape[0] : null;

    /// <summary>Whether a datatype's values are numbers.</summary>
    public static bool IsNumeric(string datatype) => datatype is "FP16" or "BF16" or "FP32" or "FP64" || WholeRanges.ContainsKey(datatype);

    /// <summary>The tensor of the given name, or the only one.</summary>
    /// <exception cref="UtafException">UTAF1620: there are several, or none of that name.</exception>
    /// <exception cref="BadAnswerException">There is none at all.</exception>
    public static TensorDescription Choose(IReadOnlyList<TensorDescription> tensors, string? name, string suspect, string setting) =>
        tensors.Count == 0 ? throw new BadAnswerException("it describes no tensors")
        : name is null && tensors.Count == 1 ? tensors[0]
        : tensors.FirstOrDefault(tensor => tensor.Name == name)
            ?? throw Errors.WhichTensor(suspect, "tensor", setting, name, tensors.Select(tensor => Found.Quoted(tensor.Name)));

    /// <summary>Checks that the tensor takes the inputs, and has them written as its datatype wants.</summary>
    /// <exception cref="UtafException">UTAF1602: it has another shape. UTAF1624: its datatype cannot hold them.</exception>
    public void CheckAsInput(ProtocolSetup setup)
    {
        var inputs = setup.Inputs;
        IReadOnlyList<int> expected = inputs.AsPng ? [] : inputs.Shape;
        if (Shape is not null && !Takes(expected) && !(inputs.AsPng && Takes([1])))
        {
            var taken = $"takes {Found.Shape(Shape)} as {Found.Quoted(Name)}, the batch being the first";
            throw Errors.SuspectInput(setup.Suspect, Found.Shape(setup.PairShape), inputs.AsPng ? $"{taken}, which are no single images" : taken + Advice(inputs.Size));
        }

        if (inputs.AsPng != (Datatype == Bytes) || !(inputs.AsPng || IsNumeric(Datatype)))
        {
            throw Errors.WrongDatatype(setup.Suspect, Found.Quoted(Name), Found.Quoted(Datatype), inputs.AsPng
                ? "images in base64 go into BYTES only. Set request.encoding to 'numbers'."
                : Datatype == Bytes ? "numbers do not go into it. If it takes images, set request.encoding to 'png'."
                : "the pair's inputs, which are numbers, do not go into it.");
        }

        if (WholeRanges.TryGetValue(Datatype, out var range))
        {
            if (!inputs.Fits(range.Least - 0.5, range.Most + 0.5))
            {
                throw Errors.WrongDatatype(setup.Suspect, Found.Quoted(Name), Found.Quoted(Datatype), FormattableString.Invariant(
                    $"it holds whole numbers from {range.Least} to {range.Most}; the pair's inputs, multiplied by request.scale, go beyond."));
            }

            inputs.WriteWhole(refused => throw Errors.WrongDatatype(setup.Suspect, Found.Quoted(Name), Found.Quoted(Datatype), FormattableString.Invariant(
                $"it holds whole numbers, but an input has {refused}. Set request.scale to say how inputs become whole numbers, such as 255; they are then rounded.")));
        }
    }

    /// <summary>Checks that the tensor gives as many numbers as the pair expects.</summary>
    /// <exception cref="UtafException">UTAF1601: it gives another number. UTAF1624: it gives no numbers.</exception>
    public void CheckAsOutput(ProtocolSetup setup)
    {
        if (!IsNumeric(Datatype))
        {
            throw Errors.WrongDatatype(setup.Suspect, Found.Quoted(Name), Found.Quoted(Datatype), "answers must be numbers. If another output has them, name it in response.outputName.");
        }

        var sizes = Shape?.Skip(1).ToList();
        if (sizes?.TrueForAll(size => size >= 0) == true)
        {
            var width = sizes.Aggregate(1d, (product, size) => product * size);
            if (width != setup.Width)
            {
                throw Errors.SuspectWidth(setup.Suspect, setup.Width, (int)Math.Min(width, int.MaxValue));
            }
        }
    }

    private bool Takes(IReadOnlyList<int> expected) =>
        Shape!.Count == expected.Count + 1
        && Shape[0] is -1 or > 0
        && Shape.Skip(1).Zip(expected).All(size => size.First == -1 || size.First == size.Second);

    /// <summary>What to set where only the arrangement differs.</summary>
    private string Advice(int size)
    {
        var sizes = Shape!.Skip(1).ToList();
        return sizes.TrueForAll(one => one > 0) && sizes.Aggregate(1d, (product, one) => product * one) == size
            ? $" (as many numbers: set request.shape to {Found.Shape(sizes)})"
            : "";
    }
}
