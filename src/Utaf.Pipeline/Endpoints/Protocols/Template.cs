using System.Text;
using System.Text.Json;

namespace Utaf.Endpoints.Protocols;

/// <summary>Any other JSON API: a body with places for the inputs, and a JSON Pointer to the answers.</summary>
internal sealed class Template : JsonProtocol
{
    private const string All = "{{inputs}}", One = "{{input}}";

    private readonly List<Part> parts;
    private readonly JsonPointer answersAt;

    public Template(ProtocolSetup setup)
        : base(setup)
    {
        var body = setup.Request.Body
            ?? throw Errors.SettingMissing(setup.Origin, setup.Protocol, "request.body", $"the request's body with {All} or {One} where the inputs go");
        parts = PartsOf(body);
        Check(body);
        answersAt = setup.AnswersAt("");
        MaxBatch = parts.Exists(part => part.Place == Place.One) ? 1 : null;
    }

    private enum Place
    {
        None,
        All,
        One,
    }

    public override Uri Address => Setup.Url;

    public override int? MaxBatch { get; }

    public override PredictionRequest Encode(QueryBatch batch)
    {
        using var body = new MemoryStream();
        foreach (var part in parts)
        {
            body.Write(part.Place switch
            {
                Place.All => Written(writer => Setup.Inputs.WriteAll(writer, batch)),
                Place.One when part.InText => Encoding.ASCII.GetBytes(Setup.Inputs.Base64(Setup.Inputs.Input(batch, 0).Span)),
                Place.One => Written(writer => Setup.Inputs.Write(writer, Setup.Inputs.Input(batch, 0).Span)),
                _ => part.Literal,
            });
        }

        return new PredictionRequest(body.ToArray());
    }

    protected override void Write(Utf8JsonWriter writer, QueryBatch batch) => throw new NotSupportedException("A template has its own text.");

    protected override float[][] Read(JsonElement answer, QueryBatch batch) => Setup.Answers.Read(answersAt.In(answer), batch.Count);

    private void Check(string body)
    {
        if (!parts.Exists(part => part.Place != Place.None))
        {
            throw Errors.BadTemplate(Setup.Origin, "it has no place for the inputs.");
        }

        if (parts.Exists(part => part.InText && !(part.Place == Place.One && Setup.Inputs.AsPng)))
        {
            throw Errors.BadTemplate(Setup.Origin, $"a place for inputs is within a text; only {One} may be there, and only as 'png', as in \"data:image/png;base64,{One}\".");
        }

        try
        {
            using var example = JsonDocument.Parse(string.Concat(parts.Select(part => part.Place == Place.None ? Encoding.UTF8.GetString(part.Literal) : part.InText ? "" : "0")));
        }
        catch (JsonException exception)
        {
            throw Errors.BadTemplate(Setup.Origin, $"it is no JSON, with the places filled (near character {Math.Min(exception.BytePositionInLine ?? 0, body.Length) + 1} of its line {exception.LineNumber + 1}).");
        }
    }

    private static List<Part> PartsOf(string body)
    {
        var parts = new List<Part>();
        var (literal, inText) = (0, false);
        for (var i = 0; i < body.Length; i++)
        {
            var place = body.AsSpan(i).StartsWith(All) ? Place.All : body.AsSpan(i).StartsWith(One) ? Place.One : Place.None;
            if (place != Place.None)
            {
                parts.Add(new Part(Encoding.UTF8.GetBytes(body[literal..i]), Place.None, false));
                parts.Add(new Part([], place, inText));
                i += (place == Place.All ? All : One).Length - 1;
                literal = i + 1;
            }
            else if (body[i] == '"')
            {
                inText = !inText;
            }
            else if (body[i] == '\\' && inText)
            {
                i++;
            }
        }

        parts.Add(new Part(Encoding.UTF8.GetBytes(body[literal..]), Place.None, false));
        return parts;
    }

    private sealed record Part(byte[] Literal, Place Place, bool InText);
}
