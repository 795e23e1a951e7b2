using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Utaf.Benchmarks;

/// <summary>
/// What a release pipeline waits for, with the tool as it is published: one <c>verify</c> from a cold start, and a <c>watch</c> over
/// many prediction APIs beside the time that the APIs themselves take.
/// </summary>
internal sealed class PipelineSpeed : IDisposable
{
    private const int Suspects = 20;
    private const int AtATime = 8;
    private static readonly TimeSpan Sleep = TimeSpan.FromSeconds(0.5);

    private readonly string tool;
    private readonly string work;
    private readonly int runs;
    private readonly CancellationTokenSource ended = new();

    private PipelineSpeed(string tool, string work, int runs) => (this.tool, this.work, this.runs) = (tool, work, runs);

    /// <summary>The subcommand.</summary>
    public static Command Command()
    {
        var tool = new Option<string?>("--tool") { Description = "The published tool's file. [default: it is published first]" };
        var runs = new Option<int>("--runs") { Description = "How often each is timed.", DefaultValueFactory = _ => 11 };
        var work = new Option<string>("--work") { Description = "Where tool and pair are kept between runs.", DefaultValueFactory = _ => Path.Combine(".utaf", "benchmarks", "pipeline") };
        var command = new Command("pipeline", "verify from a cold start, and watch over 20 prediction APIs. To be run in the repository's folder.") { tool, runs, work };
        command.SetAction(async (parsed, stop) =>
        {
            var folder = Directory.CreateDirectory(parsed.GetValue(work)!).FullName;
            using var speed = new PipelineSpeed(Path.GetFullPath(parsed.GetValue(tool) ?? Published(folder)), folder, parsed.GetValue(runs));
            await speed.RunAsync(stop).ConfigureAwait(false);
        });
        return command;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ended.Cancel();
        ended.Dispose();
    }

    private static string Published(string folder)
    {
        var published = Path.Combine(folder, "tool");
        Run("dotnet", ["publish", "src/Utaf.Tool", "--configuration", "Release", "--output", published], ".");
        return Path.Combine(published, OperatingSystem.IsWindows() ? "dotnet-utaf.exe" : "dotnet-utaf");
    }

    private async Task RunAsync(CancellationToken stop)
    {
        var sample = Path.GetFullPath(Path.Combine("samples", "digits"));
        if (!Directory.Exists(Path.Combine(work, ".utaf", "store")))
        {
            Run(tool, ["fingerprint", $"{sample}/target.pt", "--data", $"{sample}/owner.csv.gz", "--public", $"{sample}/public.csv.gz", "--profile", "quick", "--name", "digits", "--verbosity", "quiet"], work);
        }

        await TimeVerifyAsync(Path.Combine(sample, "suspects", "pruned-50.pt"), stop).ConfigureAwait(false);

        var slow = Serve(Sleep);
        var times = Enumerable.Range(0, runs).Select(_ => Watch(slow, Suspects).Seconds).ToArray();

        // Each suspect gets its batches and one more request, one after the other; eight suspects are asked at a time.
        var requests = ((100 + 31) / 32) + 1;
        var ideal = Math.Ceiling((double)Suspects / AtATime) * requests * Sleep.TotalSeconds;
        Say($"watch, {Suspects} suspects that take {Sleep.TotalSeconds} s a request: {Spread(times, "0.00")} s; the servers alone {ideal:0.00} s; the tool adds {100 * ((Median(times) / ideal) - 1):0.0} %");

        var quick = Serve(TimeSpan.Zero);
        foreach (var suspects in (int[])[20, 80, 300])
        {
            var peaks = Enumerable.Range(0, Math.Min(runs, 3)).Select(_ => Watch(quick, suspects).PeakMegabytes).ToArray();
            Say($"watch, {suspects} suspects: peak memory {Spread(peaks, "0")} MB");
        }
    }

    private async Task TimeVerifyAsync(string model, CancellationToken stop)
    {
        using var server = Start(tool, ["serve", model, "--input-shape", "64", "--port", "0"], work);
        try
        {
            var address = await server.StandardOutput.ReadLineAsync(stop).ConfigureAwait(false) ?? throw new InvalidOperationException("The server did not start.");
            string[] verify = ["verify", address, "--model", "digits", "--fresh"];
            Run(tool, verify, work);
            Say($"verify, one local API, from start to exit: {Spread([.. Enumerable.Range(0, runs).Select(_ => Run(tool, verify, work).Seconds)], "0.000")} s");

            // Unlike seconds, this does not depend on what else the machine does.
            var compiled = Path.Combine(work, "compiled.txt");
            File.Delete(compiled);
            Run(tool, verify, work, ("DOTNET_JitStdOutFile", compiled), ("DOTNET_JitDisasmSummary", "1"));
            Say($"verify, methods compiled at run time: {File.ReadLines(compiled).Count()}");
        }
        finally
        {
            server.Kill();
        }
    }

    private (double Seconds, double PeakMegabytes) Watch(Uri server, int suspects)
    {
        var file = Path.Combine(work, $"watch-{suspects}.json");
        File.WriteAllText(file, JsonSerializer.Serialize(new
        {
            suspects = Enumerable.Range(0, suspects).Select(i => new { name = $"s{i}", url = new Uri(server, $"v2/models/m{i}"), protocol = "open-inference", limits = new { batchSize = 32 } }),
        }));
        return Run(tool, ["watch", "--config", file, "--model", "digits", "--parallel", $"{AtATime}", "--fresh", "--verbosity", "quiet"], work);
    }

    /// <summary>A prediction API that takes its time and gives each input an answer of its own (Open Inference Protocol v2).</summary>
    private Uri Serve(TimeSpan sleep)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}/");
        var listener = new HttpListener { Prefixes = { address.ToString() } };
        listener.Start();
        ended.Token.Register(listener.Close);
        _ = Task.Run(async () =>
        {
            while (!ended.IsCancellationRequested)
            {
                var context = await listener.GetContextAsync().ConfigureAwait(false);
                _ = Task.Run(() => AnswerAsync(context, sleep));
            }
        });
        return address;
    }

    private static async Task AnswerAsync(HttpListenerContext context, TimeSpan sleep)
    {
        object answer = new { name = "m", inputs = new[] { Tensor("input0", -1, 64, null) }, outputs = new[] { Tensor("output0", -1, 10, null) } };
        if (context.Request.HttpMethod == "POST")
        {
            using var question = await JsonDocument.ParseAsync(context.Request.InputStream).ConfigureAwait(false);
            var input = question.RootElement.GetProperty("inputs")[0];
            float[] numbers = [.. Numbers(input.GetProperty("data"))];
            var count = input.GetProperty("shape")[0].GetInt32();
            var answers = numbers.Chunk(numbers.Length / count).SelectMany(one => Enumerable.Range(1, 10).Select(i => MathF.Sin(one.Sum() * i)));
            answer = new { outputs = new[] { Tensor("output0", count, 10, [.. answers]) } };
            await Task.Delay(sleep).ConfigureAwait(false);
        }

        var body = JsonSerializer.SerializeToUtf8Bytes(answer);
        context.Response.ContentType = "application/json";
        context.Response.Close(body, willBlock: false);
    }

    private static object Tensor(string name, int count, int width, float[]? data) =>
        data is null
            ? new { name, datatype = "FP32", shape = new[] { count, width } }
            : new { name, datatype = "FP32", shape = new[] { count, width }, data };

    private static IEnumerable<float> Numbers(JsonElement data) =>
        data.ValueKind == JsonValueKind.Array ? data.EnumerateArray().SelectMany(Numbers) : [data.GetSingle()];

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Seconds from start to exit, and the peak of its memory as far as it was seen every few milliseconds.</returns>
    private static (double Seconds, double PeakMegabytes) Run(string program, string[] arguments, string folder, params (string Name, string Value)[] variables)
    {
        var began = Stopwatch.GetTimestamp();
        using var process = Start(program, arguments, folder, variables);
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        long peak = 0;
        while (!process.WaitForExit(5))
        {
            process.Refresh();
            peak = Math.Max(peak, PeakOf(process));
        }

        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;

        // 1 and 4 are verdicts.
        return process.ExitCode is 0 or 1 or 4
            ? (seconds, peak / 1e6)
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }

    private static long PeakOf(Process process)
    {
        try
        {
            return process.PeakWorkingSet64;
        }
        catch (InvalidOperationException)
        {
            // It has just ended.
            return 0;
        }
    }

    private static Process Start(string program, string[] arguments, string folder, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

    private static string Spread(double[] values, string format) => string.Create(
        CultureInfo.InvariantCulture, $"median {Median(values).ToString(format, CultureInfo.InvariantCulture)} ({values.Min().ToString(format, CultureInfo.InvariantCulture)} to {values.Max().ToString(format, CultureInfo.InvariantCulture)}, {values.Length} runs)");

    private static void Say(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));
}
