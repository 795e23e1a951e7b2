using Microsoft.AspNetCore.Http;

namespace Utaf.Tool.Serving;

/// <summary>A request that cannot be answered, and why: the status and the <c>error</c> of the Open Inference Protocol.</summary>
/// <param name="status">4xx: the request is wrong; 5xx: the model is.</param>
/// <param name="message">What was expected and what was found.</param>
internal sealed class RequestFault(int status, string message) : Exception(message)
{
    public int Status { get; } = status;

    /// <summary>The request is not what the protocol or the model asks for.</summary>
    public static RequestFault Bad(string message) => new(StatusCodes.Status400BadRequest, message);

    /// <summary>Text of the request, short enough to be sent back.</summary>
    public static string Shown(string text) => text.Length <= 100 ? text : $"{text[..100]}…";

    /// <summary>A shape as it is written in requests.</summary>
    public static string Shown(IEnumerable<long> shape) => $"[{string.Join(',', shape)}]";
}
