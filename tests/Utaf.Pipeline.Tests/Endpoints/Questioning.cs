using System.Text.Json;
using Utaf.Configuration;
using Utaf.Endpoints;
using Utaf.Fingerprints;
using Utaf.Tests;
using Utaf.Verification;

namespace Utaf.Pipeline.Tests.Endpoints;

/// <summary>One suspect behind a loopback API, and what it takes to question it.</summary>
internal sealed class Questioning : IDisposable
{
    private const int InputSize = 2;

    private static readonly string Pair = new('a', 64);

    private readonly TemporaryFolder folder = new();
    private readonly List<IDisposable> opened = [];

    public Questioning(Uri url, int inputs = 10)
    {
        Suspect = new SuspectSettings { Name = "rival", Url = url, Limits = new LimitSettings { BatchSize = 4, TimeoutSeconds = 3000 } };
        Fingerprint = new Fingerprint([InputSize], [.. Enumerable.Range(0, inputs * InputSize).Select(i => 0.5f + i)]);
        Protocol = new PlainProtocol(url, InputSize, Width);
    }

    /// <summary>d_out.</summary>
    public static int Width => 3;

    public SuspectSettings Suspect { get; set; }

    public Fingerprint Fingerprint { get; }

    public IPredictionProtocol Protocol { get; set; }

    public TimeProvider Time { get; set; } = new HurriedTime();

    public Dictionary<string, string> Environment { get; } = [];

    public Func<SocketsHttpHandler, HttpMessageHandler>? Transport { get; set; }

    public string Folder => folder.Path;

    public string PairSha256 { get; set; } = Pair;

    public Transcript? Transcript { get; private set; }

    public TranscriptSummary Summary => Transcript!.Summary(ApiSuspect.QueryBudget(Suspect.Limits, Fingerprint.Count));

    /// <summary>The model behind the API: different for every input.</summary>
    public static float[] Model(float[] input) => [input[0], input[0] - input[1], input[0] * input[1]];

    public static Reply Good(Call call) => new(200, JsonSerializer.Serialize(PlainProtocol.Inputs(call.Body).Select(Model)));

    public Questioning With(Func<LimitSettings, LimitSettings> change)
    {
        Suspect = Suspect with { Limits = change(Suspect.Limits) };
        return this;
    }

    /// <summary>Asks, in a process of its own so to speak: the transcript is opened anew.</summary>
    public async Task<SuspectOutputs> AskAsync(CancellationToken? cancellationToken = null)
    {
        Stop();
        Transcript = Transcript.Open(Folder, PairSha256, Suspect, Time);
        var connections = new ApiConnections(Time, name => Environment.GetValueOrDefault(name), Transport);
        opened.AddRange([connections, Transcript]);
        var suspect = new ApiSuspect(Suspect, Protocol, Width, connections, Transcript);
        return await suspect.QueryAsync(Fingerprint, cancellationToken ?? TestContext.Current.CancellationToken);
    }

    /// <summary>Ends as a killed process does: nothing is said, the files are closed by the system.</summary>
    public void Stop()
    {
        opened.ForEach(one => one.Dispose());
        opened.Clear();
    }

    public async Task<UtafException> FailsAsync() => await Assert.ThrowsAsync<UtafException>(() => AskAsync());

    /// <summary>Every input has the model's answer.</summary>
    public void IsComplete(SuspectOutputs outputs)
    {
        Assert.Null(outputs.WhyMissing);
        Assert.Equal(Enumerable.Range(0, Fingerprint.Count).Select(i => Model(Fingerprint.Example(i).ToArray())), outputs.Rows);
    }

    /// <summary>Everything that was written.</summary>
    public string Written()
    {
        Stop();
        return string.Concat(Directory.GetFiles(Folder).Select(File.ReadAllText));
    }

    public void Dispose()
    {
        Stop();
        folder.Dispose();
    }
}
