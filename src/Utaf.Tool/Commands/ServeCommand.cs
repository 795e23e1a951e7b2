using System.CommandLine;
using Utaf.Tool.Documents;
using Utaf.Tool.Options;
using Utaf.Tool.Output;
using Utaf.Tool.Release;
using Utaf.Tool.Serving;
using Utaf.Torch;

namespace Utaf.Tool.Commands;

/// <summary>Serves model files by the Open Inference Protocol v2, until it is stopped.</summary>
internal sealed class ServeCommand : UtafCommand
{
    private const string DefaultHost = "127.0.0.1";
    private const int DefaultPort = 8080;

    private readonly Argument<string[]> files = new("MODEL")
    {
        Description = "TorchScript files, one or more.",
        Arity = ArgumentArity.OneOrMore,
    };
    private readonly Option<int[]?> inputShape = OptionKinds.Shape(
        "--input-shape",
        "The shape of one input, such as 1,28,28: it does not stand in the file, and clients want to read it. [default: as the weights "
            + "tell]");
    private readonly Option<string?> name = OptionKinds.Text("--name", "The model's name in addresses. [default: the file's]", "NAME");
    private readonly Option<string?> host = OptionKinds.Text(
        "--host",
        $"The address to listen on: an IP address, localhost, or * for all of this machine. [default: {DefaultHost}]",
        "ADDRESS");
    private readonly Option<int?> port = OptionKinds.Number<int>(
        "--port",
        $"The port to listen on; 0: a free one. [default: {DefaultPort}]",
        "a whole number from 0 to 65535");
    private readonly Option<int?> batchLimit = OptionKinds.Number<int>(
        "--batch-limit",
        "The most inputs in one request; more are refused with status 413. [default: any number]",
        "a whole number of at least 1");
    private readonly Option<string?> apiKey = OptionKinds.Text(
        "--api-key",
        "The key that clients must show, as bearer token or X-API-Key: env:NAME, an environment variable. [default: none]",
        "env:NAME");

    public ServeCommand(CommonOptions common, Terminal terminal)
        : base(
            "serve",
            "Serves model files over HTTP (Open Inference Protocol v2) until Ctrl-C. Standard output has their addresses once it is ready.",
            common,
            terminal)
    {
        Add(files);
        foreach (var option in (Option[])[inputShape, name, host, port, batchLimit, apiKey])
        {
            Add(option);
        }
    }

    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CommandContext context)
    {
        var address = ServerAddress.Parse(parsed.GetValue(host) ?? DefaultHost, parsed.GetValue(port) ?? DefaultPort);
        var limits = new ServerLimits(BatchLimit(parsed), parsed.GetValue(apiKey) is { } setting ? ApiKey.From(setting) : null);
        var named = Named(parsed);
        Writable.RequireFile(context.Settings.OutputFile);

        var models = Load(named, parsed.Given(inputShape), context);
        var server = new InferenceServer(address, models, limits, exception => TellUnforeseen(exception, context));
        await using (server.ConfigureAwait(false))
        {
            var url = await server.StartAsync(context.CancellationToken).ConfigureAwait(false);
            Warn(address, limits, models.Values, context);
            context.Write(new ServingDocument(url, [.. named.Select(one => Facts(models[one.Name], url))]));
            await Stopped(context.CancellationToken).ConfigureAwait(false);
            if (!await server.StopAsync().ConfigureAwait(false))
            {
                // Its thread is inside torch: neither model nor library can be put away under it.
                Interruption.EndAtOnce(ExitCode.NoPiracySuspected);
            }
        }

        foreach (var model in models.Values)
        {
            model.Dispose();
        }

        return ExitCode.NoPiracySuspected;
    }

    private int BatchLimit(ParseResult parsed) => parsed.GetValue(batchLimit) switch
    {
        null => int.MaxValue,
        >= 1 and var limit => limit,
        var other => throw Errors.BadOption(batchLimit.Name, $"{other}", "a whole number of at least 1"),
    };

    private List<(string Name, string Path)> Named(ParseResult parsed)
    {
        var paths = parsed.GetRequiredValue(files);
        var given = parsed.GetValue(name);
        if (given is not null && !ModelName.IsFit(given))
        {
            throw Errors.BadName("model's name", given);
        }

        if (given is not null && paths.Length > 1)
        {
            throw Errors.BadOption(name.Name, given, $"it to name one model; there are {paths.Length}, which are named by their files");
        }

        var named = paths.Select(path => (Name: given ?? ModelName.Of(path), Path: path)).ToList();
        return named.GroupBy(one => one.Name).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw Errors.SameModelName(twice.Key, twice.Select(one => one.Path))
            : named;
    }

    private static Dictionary<string, ServedModel> Load(List<(string Name, string Path)> named, int[]? inputShape, CommandContext context)
    {
        var device = TorchRuntime.Start(context.Settings.Device, context.Settings.Threads);
        var models = new Dictionary<string, ServedModel>(StringComparer.Ordinal);
        foreach (var (name, path) in named)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            models.Add(name, ServedModel.Load(path, name, inputShape, device));
        }

        return models;
    }

    private static void Warn(ServerAddress address, ServerLimits limits, IEnumerable<ServedModel> models, CommandContext context)
    {
        if (!address.IsLocal && limits.Key is null)
        {
            context.Note($"Warning: other machines can reach {address.Host}, and no key is asked for. Ask for one with --api-key env:NAME.");
        }

        if (!address.IsLocal && limits.Key is not null)
        {
            context.Note("The key travels unencrypted: let other machines reach this server through a proxy with TLS only.");
        }

        foreach (var model in models.Where(model => model.InputShape is null))
        {
            context.Note($"The shape of an input of {model.Name} is not known, so its metadata cannot tell it: give it with --input-shape.");
        }
    }

    private static ServedModelFacts Facts(ServedModel model, string url) =>
        new(model.Name, $"{url}/v2/models/{model.Name}", model.Path, model.InputShape, model.OutputShape);

    private static async Task Stopped(CancellationToken cancellationToken)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellationToken.Register(stopped.SetResult);
        await stopped.Task.ConfigureAwait(false);
    }

    private static void TellUnforeseen(Exception exception, CommandContext context)
    {
        // Requests fail side by side, and the stream is one.
        lock (context)
        {
            context.Note(Errors.Unforeseen(exception).Diagnostic.ToString());
            if (context.Settings.Verbosity == Verbosity.Diagnostic)
            {
                context.Note(exception.ToString());
            }
        }
    }
}
