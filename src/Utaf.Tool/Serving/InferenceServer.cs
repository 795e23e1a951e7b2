using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Utaf.Tool.Serving;

/// <summary>An Open Inference Protocol v2 server (REST) over models in this process, which answer one request at a time.</summary>
internal sealed class InferenceServer : IAsyncDisposable
{
    private const long LargestBody = 64 << 20;

    // Quotation marks in errors stay readable: the content is JSON, never HTML.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly WebApplication application;
    private readonly ServerAddress address;
    private readonly IReadOnlyDictionary<string, ServedModel> models;
    private readonly ServerLimits limits;
    private readonly Action<Exception> tell;
    private readonly SemaphoreSlim turn = new(1);

    /// <summary>Prepares a server.</summary>
    /// <param name="address">Where to listen.</param>
    /// <param name="models">By name.</param>
    /// <param name="limits">What it refuses.</param>
    /// <param name="tell">Is told errors that nobody foresaw.</param>
    public InferenceServer(
        ServerAddress address, IReadOnlyDictionary<string, ServedModel> models, ServerLimits limits, Action<Exception> tell)
    {
        (this.address, this.models, this.limits, this.tell) = (address, models, limits, tell);

        // Empty: an appsettings.json that happens to lie in the current folder, or ASPNETCORE_URLS, must not open other doors.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
            kestrel.Listen(address.Address, address.Port);
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Patience);
        application = builder.Build();
        application.Run(AnswerAsync);
    }

    /// <summary>Begins to answer.</summary>
    /// <returns>The base address, with the port that was chosen.</returns>
    /// <exception cref="UtafException">UTAF1801 to UTAF1803: it cannot listen there.</exception>
    public async Task<string> StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await application.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (address.Obstacle(exception) is { } obstacle)
        {
            throw obstacle;
        }

        var listening = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return address.Url(new Uri(listening).Port);
    }

    /// <summary>Ends: requests under way are answered if that takes less than five seconds.</summary>
    /// <returns>Whether no model computes any more.</returns>
    public async Task<bool> StopAsync()
    {
        await application.StopAsync(CancellationToken.None).ConfigureAwait(false);
        return await turn.WaitAsync(TimeSpan.Zero, CancellationToken.None).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await application.DisposeAsync().ConfigureAwait(false);
        turn.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        try
        {
            await AnswerAsync(context, context.Request.Path.Value!.Trim('/').Split('/')).ConfigureAwait(false);
        }
        catch (RequestFault fault)
        {
            await RefuseAsync(context, fault.Status, fault.Message).ConfigureAwait(false);
        }
        catch (BadHttpRequestException exception)
        {
            await RefuseAsync(context, exception.StatusCode, exception.Message).ConfigureAwait(false);
        }
        catch (JsonException exception)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, $"the request is no JSON: {exception.Message}").ConfigureAwait(false);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone.
        }
        catch (Exception exception)
        {
            tell(exception);
            await RefuseAsync(context, StatusCodes.Status500InternalServerError, "the server failed").ConfigureAwait(false);
        }
    }

    private Task AnswerAsync(HttpContext context, string[] path) => path switch
    {
        ["v2", "health", "live"] => GetAsync(context, json => OpenInferenceJson.WriteHealth(json, "live")),
        ["v2", "health", "ready"] => GetAsync(context, json => OpenInferenceJson.WriteHealth(json, "ready")),
        _ when limits.Key is { } key && !key.IsShownBy(context.Request) => Unauthorised(context),
        ["v2"] => GetAsync(context, OpenInferenceJson.WriteServer),
        ["v2", "models", var name, "versions", OpenInferenceJson.ModelVersion, .. var rest] => AnswerAsync(context, Model(name), rest),
        ["v2", "models", var name, "versions", var version, ..] => throw NotFound(
            $"model '{RequestFault.Shown(name)}' has no version '{RequestFault.Shown(version)}', only {OpenInferenceJson.ModelVersion}"),
        ["v2", "models", var name, .. var rest] => AnswerAsync(context, Model(name), rest),
        _ => throw NotFound("there is nothing here; see v2, v2/health/ready and v2/models/NAME"),
    };

    private Task AnswerAsync(HttpContext context, ServedModel model, string[] rest) => rest switch
    {
        [] => GetAsync(context, json => OpenInferenceJson.WriteModel(json, model)),
        ["ready"] => GetAsync(context, json => OpenInferenceJson.WriteHealth(json, "ready", model.Name)),
        ["infer"] => InferAsync(context, model),
        _ => throw NotFound("a model has its metadata, 'ready' and 'infer'"),
    };

    private async Task InferAsync(HttpContext context, ServedModel model)
    {
        RequireMethod(context, HttpMethods.Post);
        RequireNoWebPage(context.Request);
        RequireJson(context.Request);
        var body = await BodyAsync(context).ConfigureAwait(false);
        var request = InferenceRequest.Read(body.GetBuffer().AsSpan(0, (int)body.Length));
        if (request.Shape[0] > limits.Batch)
        {
            throw new RequestFault(
                StatusCodes.Status413PayloadTooLarge, $"{request.Shape[0]} inputs in one request, expected at most {limits.Batch}");
        }

        // A model computes for long: not on the thread that reads requests.
        InferenceOutputs outputs;
        await turn.WaitAsync(context.RequestAborted).ConfigureAwait(false);
        try
        {
            outputs = await Task.Run(() => model.Infer(request, context.RequestAborted), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }

        await WriteAsync(context, json => OpenInferenceJson.WriteOutputs(json, model, request.Id, outputs)).ConfigureAwait(false);
    }

    private ServedModel Model(string name) => models.TryGetValue(name, out var model)
        ? model
        : throw NotFound($"there is no model '{RequestFault.Shown(name)}'");

    private static async Task<MemoryStream> BodyAsync(HttpContext context)
    {
        // A claimed length is only believed as far as it costs nothing.
        var body = new MemoryStream((int)Math.Clamp(context.Request.ContentLength ?? 0, 0, 1 << 20));
        await context.Request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
        return body;
    }

    private static Task GetAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        RequireMethod(context, HttpMethods.Get);
        return WriteAsync(context, write);
    }

    /// <summary>HEAD is GET without the body, which the server leaves out by itself.</summary>
    private static void RequireMethod(HttpContext context, string method)
    {
        var asked = context.Request.Method;
        if (asked != method && !(method == HttpMethods.Get && HttpMethods.IsHead(asked)))
        {
            context.Response.Headers.Allow = method;
            throw new RequestFault(StatusCodes.Status405MethodNotAllowed, $"this is asked with {method}");
        }
    }

    /// <summary>
    /// Any page in a browser on this machine can send here, without a type or under a name that it has made lead here; with every
    /// POST the browser says so.
    /// </summary>
    private static void RequireNoWebPage(HttpRequest request)
    {
        if (request.Headers.Origin.Count > 0)
        {
            throw new RequestFault(StatusCodes.Status403Forbidden, "web pages are not answered: ask without the header Origin");
        }
    }

    private static void RequireJson(HttpRequest request)
    {
        if (request.Headers.ContainsKey("Inference-Header-Content-Length"))
        {
            throw RequestFault.Bad("tensors in binary form are not taken: send data as JSON");
        }

        if (request.ContentType is { } type && !request.HasJsonContentType())
        {
            throw new RequestFault(
                StatusCodes.Status415UnsupportedMediaType,
                $"the request's Content-Type is '{RequestFault.Shown(type)}', expected application/json");
        }
    }

    private static Task Unauthorised(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        throw new RequestFault(
            StatusCodes.Status401Unauthorized, "this server asks for its key, as 'Authorization: Bearer KEY' or 'X-API-Key: KEY'");
    }

    private static RequestFault NotFound(string message) => new(StatusCodes.Status404NotFound, message);

    private static async Task RefuseAsync(HttpContext context, int status, string message)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.StatusCode = status;
            await WriteAsync(context, json => OpenInferenceJson.WriteError(json, message)).ConfigureAwait(false);
        }
    }

    private static async Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body, Readable))
        {
            write(json);
        }

        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length), context.RequestAborted).ConfigureAwait(false);
    }
}

/// <summary>What a server refuses.</summary>
/// <param name="Batch">Most inputs in one request, at least 1.</param>
/// <param name="Key">The key that clients must show; null: everybody is welcome.</param>
internal sealed record ServerLimits(int Batch, ApiKey? Key);
