namespace Utaf.Tool.Serving;

/// <summary>A datatype of the Open Inference Protocol whose values are JSON numbers. The models take float32, so all become that.</summary>
/// <param name="Name">As requests name it.</param>
/// <param name="Minimum">The smallest value.</param>
/// <param name="Maximum">The largest value.</param>
/// <param name="IsWhole">Whether values are whole numbers.</param>
internal sealed record TensorDatatype(string Name, double Minimum, double Maximum, bool IsWhole)
{
    /// <summary>The datatype of the models' own tensors.</summary>
    public const string Native = "FP32";

    private static readonly TensorDatatype[] All =
    [
        new(Native, float.MinValue, float.MaxValue, IsWhole: false),
        new("FP64", float.MinValue, float.MaxValue, IsWhole: false),
        new("FP16", (double)Half.MinValue, (double)Half.MaxValue, IsWhole: false),
        new("INT8", sbyte.MinValue, sbyte.MaxValue, IsWhole: true),
        new("INT16", short.MinValue, short.MaxValue, IsWhole: true),
        new("INT32", int.MinValue, int.MaxValue, IsWhole: true),
        new("INT64", long.MinValue, long.MaxValue, IsWhole: true),
        new("UINT8", byte.MinValue, byte.MaxValue, IsWhole: true),
        new("UINT16", ushort.MinValue, ushort.MaxValue, IsWhole: true),
        new("UINT32", uint.MinValue, uint.MaxValue, IsWhole: true),
        new("UINT64", ulong.MinValue, ulong.MaxValue, IsWhole: true),
    ];

    /// <summary>Finds a datatype by its name.</summary>
    /// <exception cref="RequestFault">400: there is none, or it is none of numbers.</exception>
    public static TensorDatatype Of(string name) => Array.Find(All, type => type.Name == name)
        ?? throw RequestFault.Bad(
            $"datatype '{RequestFault.Shown(name)}' is not taken, expected one of {string.Join(", ", All.Select(type => type.Name))}");

    /// <summary>The values as the model takes them.</summary>
    /// <exception cref="RequestFault">400: a value is outside the datatype, or of float32.</exception>
    public float[] ToSingles(IReadOnlyList<double> values)
    {
        var singles = new float[values.Count];
        for (var i = 0; i < singles.Length; i++)
        {
            var value = values[i];
            singles[i] = value >= Minimum && value <= Maximum && (!IsWhole || double.IsInteger(value))
                ? (float)value
                : throw RequestFault.Bad(FormattableString.Invariant(
                    $"number {i} of data is {value:R}, which is no {Name} that a model of float32 takes"));
        }

        return singles;
    }
}
