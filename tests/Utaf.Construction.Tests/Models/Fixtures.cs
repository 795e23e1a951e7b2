using System.Text.Json;
using Utaf.Data;
using static TorchSharp.torch;

namespace Utaf.Models.Tests;

/// <summary>The artifacts that PyTorch made, and the numbers it computed with them.</summary>
internal static class Fixtures
{
    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "fixtures", name);

    public static JsonElement Vectors(string name) => JsonDocument.Parse(File.ReadAllBytes(PathOf($"{name}-vectors.json"))).RootElement;

    /// <summary>All the numbers of a nested JSON array, row-major.</summary>
    public static float[] Numbers(JsonElement array) => array.ValueKind == JsonValueKind.Array
        ? [.. array.EnumerateArray().SelectMany(Numbers)]
        : [array.GetSingle()];

    public static Tensor Tensor(JsonElement array)
    {
        var shape = new List<long>();
        for (var level = array; level.ValueKind == JsonValueKind.Array; level = level[0])
        {
            shape.Add(level.GetArrayLength());
        }

        return tensor(Numbers(array), [.. shape]);
    }

    /// <summary>A table with these inputs; its targets are all zero but alternate for the first two classes.</summary>
    public static DataTable Table(JsonElement inputs)
    {
        var shape = new List<int>();
        for (var level = inputs[0]; level.ValueKind == JsonValueKind.Array; level = level[0])
        {
            shape.Add(level.GetArrayLength());
        }

        var count = inputs.GetArrayLength();
        return new([.. shape], Numbers(inputs), 1, [.. Enumerable.Range(0, count).Select(i => (float)(i % 2))], "vectors");
    }

    public static void Near(IReadOnlyList<float> expected, Tensor actual, double tolerance = 1e-5)
    {
        var found = actual.detach().to_type(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
        Assert.Equal(expected.Count, found.Length);
        for (var i = 0; i < found.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - found[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i])), $"number {i}: expected {expected[i]:R}, found {found[i]:R}");
        }
    }

    /// <summary>The code of the error that an action ends with.</summary>
    public static string CodeOf(Action action) => Assert.Throws<UtafException>(action).Diagnostic.Code;
}
