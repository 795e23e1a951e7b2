using Utaf.Configuration;
using Utaf.Fingerprints;

namespace Utaf.Endpoints.Protocols;

/// <summary>What every protocol is made from: the suspect's settings and what the pair says of inputs and outputs.</summary>
internal sealed class ProtocolSetup
{
    /// <exception cref="UtafException">UTAF1612 to UTAF1617, UTAF1621: the settings are wrong, or do not fit the pair.</exception>
    public ProtocolSetup(string protocol, SuspectSettings suspect, PairManifest manifest)
    {
        Protocol = protocol;
        Suspect = suspect.Name;
        Origin = PredictionProtocols.OriginOf(suspect);
        Url = suspect.Url!;
        Request = suspect.Request;
        Response = suspect.Response;
        Width = manifest.Output.Width;
        PairShape = manifest.Input.Shape;
        Inputs = new InputWriter(protocol, Origin, Request, manifest.Input);
        Answers = new AnswerReader(Width, CheckedClasses(), Response.OutputName);
    }

    /// <summary>The protocol's name.</summary>
    public string Protocol { get; }

    /// <summary>The suspect's name.</summary>
    public string Suspect { get; }

    /// <summary>Where the settings come from, for errors in them.</summary>
    public string Origin { get; }

    /// <summary>The suspect's address.</summary>
    public Uri Url { get; }

    /// <summary>How inputs are sent.</summary>
    public RequestSettings Request { get; }

    /// <summary>How answers are read.</summary>
    public ResponseSettings Response { get; }

    /// <summary>d_out.</summary>
    public int Width { get; }

    /// <summary>The shape of the pair's inputs.</summary>
    public IReadOnlyList<int> PairShape { get; }

    /// <summary>Writes inputs.</summary>
    public InputWriter Inputs { get; }

    /// <summary>Reads answers.</summary>
    public AnswerReader Answers { get; }

    /// <summary>The chosen form.</summary>
    /// <param name="usual">The one that is meant if none is chosen.</param>
    /// <param name="known">All of them.</param>
    /// <exception cref="UtafException">UTAF1612: there is no such form.</exception>
    public string Form(string usual, params IReadOnlyList<string> known) =>
        Request.Form is not { } form ? usual
        : known.Contains(form) ? form
        : throw Errors.UnknownChoice(Origin, Protocol, "request.form", form, known);

    /// <summary>Where the answers are.</summary>
    /// <param name="usual">The protocol's usual place.</param>
    /// <exception cref="UtafException">UTAF1617: the setting is no JSON Pointer.</exception>
    public JsonPointer AnswersAt(string usual) =>
        JsonPointer.Parse(Response.AnswersAt ?? usual) ?? throw Errors.BadPointer(Origin, Response.AnswersAt!);

    /// <summary>Only one encoding makes sense.</summary>
    /// <exception cref="UtafException">UTAF1612: the other one is chosen.</exception>
    public void RequireEncoding(string encoding, string protocolOrForm)
    {
        if (Request.Encoding != encoding)
        {
            throw Errors.UnknownChoice(Origin, protocolOrForm, "request.encoding", Request.Encoding, [encoding]);
        }
    }

    /// <summary>The columns' names.</summary>
    /// <exception cref="UtafException">UTAF1622: there are not as many as cells in a row, or one is there twice.</exception>
    public IReadOnlyList<string> Columns()
    {
        var expected = Inputs.AsPng ? 1 : Inputs.Size;
        var columns = Request.Columns;
        return columns.Count == 0 || (columns.Count == expected && columns.Distinct(StringComparer.Ordinal).Count() == expected)
            ? columns
            : throw Errors.BadColumns(Origin, expected, Counted(columns, "name"));
    }

    /// <summary>The suspect's address with something after its path.</summary>
    public static Uri Extended(Uri url, string suffix)
    {
        var extended = new UriBuilder(url) { Path = url.AbsolutePath.TrimEnd('/') + suffix };
        return extended.Uri;
    }

    /// <summary>The suspect's address without something after its path.</summary>
    public static Uri Without(Uri url, string suffix)
    {
        var path = url.AbsolutePath.TrimEnd('/');
        return path.EndsWith(suffix, StringComparison.Ordinal) ? new UriBuilder(url) { Path = path[..^suffix.Length] }.Uri : url;
    }

    private IReadOnlyList<string> CheckedClasses()
    {
        var classes = Response.Classes;
        return classes.Count == 0 || (classes.Count == Width && classes.Distinct(StringComparer.Ordinal).Count() == Width)
            ? classes
            : throw Errors.BadClasses(Origin, Width, Counted(classes, "label"));
    }

    private static string Counted(IReadOnlyList<string> words, string what) =>
        words.GroupBy(word => word, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? $"{words.Count} {what}(s), '{twice.Key}' more than once"
            : $"{words.Count} {what}(s)";
}
