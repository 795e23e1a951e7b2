using System.Text.Json;

namespace Utaf.Tool.Serving;

/// <summary>An inference request of the Open Inference Protocol v2 for a model of one input and one output.</summary>
/// <param name="Id">The client's name for the request; null if it gave none.</param>
/// <param name="Shape">The input's shape, [N, …], each size at least 1.</param>
/// <param name="Values">The input, row-major.</param>
internal sealed record InferenceRequest(string? Id, long[] Shape, float[] Values)
{
    public const string InputName = "input0";
    public const string OutputName = "output0";

    private const int MostDimensions = 16;

    /// <summary>Reads a request's body. Keys that the protocol has not, and <c>parameters</c>, are left out.</summary>
    /// <exception cref="RequestFault">400: it is not what the protocol or the model asks for.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static InferenceRequest Read(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return ReadBody(utf8);
        }
        catch (InvalidOperationException)
        {
            // The reader looks at a text's bytes only when the text is asked for.
            throw RequestFault.Bad("the request holds text that is no UTF-8");
        }
    }

    private static InferenceRequest ReadBody(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        string? id = null;
        List<InputTensor>? inputs = null;
        Begin(ref reader, JsonTokenType.StartObject, "the request");
        while (NextKey(ref reader) is { } key)
        {
            switch (key)
            {
                case "id":
                    id = Text(ref reader, key);
                    break;
                case "inputs":
                    inputs = List(ref reader, key, InputTensor.Read);
                    break;
                case "outputs":
                    foreach (var name in List(ref reader, key, ReadOutput))
                    {
                        Require(name == OutputName, $"there is no output '{RequestFault.Shown(name)}', expected {OutputName}");
                    }

                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        // Anything behind the object is no JSON.
        reader.Read();
        Require(inputs is not null, "the request has no 'inputs'");
        Require(inputs!.Count == 1, $"the model takes one tensor, {InputName}; found {inputs.Count}");
        return inputs[0].ToRequest(id);
    }

    private static string ReadOutput(ref Utf8JsonReader reader)
    {
        string? name = null;
        while (NextKey(ref reader) is { } key)
        {
            if (key == "name")
            {
                name = Text(ref reader, key);
            }
            else
            {
                reader.Skip();
            }
        }

        return name ?? throw RequestFault.Bad("an output has no 'name'");
    }

    private static void Begin(ref Utf8JsonReader reader, JsonTokenType type, string what)
    {
        reader.Read();
        Require(reader.TokenType == type, $"{what} is to be an {(type == JsonTokenType.StartObject ? "object" : "array")}");
    }

    /// <summary>The object's next key, with the reader at its value; null at the object's end.</summary>
    private static string? NextKey(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndObject)
        {
            return null;
        }

        var key = reader.GetString();
        reader.Read();
        return key;
    }

    private static string Text(ref Utf8JsonReader reader, string key) =>
        reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw RequestFault.Bad($"'{key}' is to be a string");

    private static List<T> List<T>(ref Utf8JsonReader reader, string key, ReadItem<T> read)
    {
        Require(reader.TokenType == JsonTokenType.StartArray, $"'{key}' is to be an array");
        var items = new List<T>();
        for (reader.Read(); reader.TokenType != JsonTokenType.EndArray; reader.Read())
        {
            Require(reader.TokenType == JsonTokenType.StartObject, $"'{key}' is to be an array of objects");
            items.Add(read(ref reader));
        }

        return items;
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw RequestFault.Bad(otherwise);
        }
    }

    private delegate T ReadItem<T>(ref Utf8JsonReader reader);

    /// <summary>One entry of <c>inputs</c>; its keys may come in any order.</summary>
    private sealed record InputTensor(string? Name, long[]? Shape, string? Datatype, NestedNumbers? Data)
    {
        public static InputTensor Read(ref Utf8JsonReader reader)
        {
            var tensor = new InputTensor(null, null, null, null);
            while (NextKey(ref reader) is { } key)
            {
                switch (key)
                {
                    case "name":
                        tensor = tensor with { Name = Text(ref reader, key) };
                        break;
                    case "shape":
                        tensor = tensor with { Shape = ReadShape(ref reader) };
                        break;
                    case "datatype":
                        tensor = tensor with { Datatype = Text(ref reader, key) };
                        break;
                    case "data":
                        tensor = tensor with { Data = NestedNumbers.Read(ref reader) };
                        break;
                    default:
                        reader.Skip();
                        break;
                }
            }

            return tensor;
        }

        public InferenceRequest ToRequest(string? id)
        {
            Require(Name is not null, "an input has no 'name'");
            Require(Name == InputName, $"there is no input '{RequestFault.Shown(Name!)}', expected {InputName}");
            Require(Shape is not null, "the input has no 'shape'");
            Require(Datatype is not null, "the input has no 'datatype'");
            Require(Data is not null, "the input has no 'data' in the request's JSON");
            var type = TensorDatatype.Of(Datatype!);
            Data!.RequireShape(Shape!);
            return new(id, Shape!, type.ToSingles(Data.Values));
        }

        private static long[] ReadShape(ref Utf8JsonReader reader)
        {
            Require(reader.TokenType == JsonTokenType.StartArray, "'shape' is to be an array");
            var shape = new List<long>();
            for (reader.Read(); reader.TokenType != JsonTokenType.EndArray; reader.Read())
            {
                var isSize = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var size) && size >= 1;
                Require(
                    isSize && shape.Count < MostDimensions,
                    $"'shape' is to be [N, …]: at most {MostDimensions} whole numbers of at least 1");
                shape.Add(reader.GetInt32());
            }

            Require(shape.Count >= 1, "'shape' is to be [N, …], N inputs");
            return [.. shape];
        }
    }
}
