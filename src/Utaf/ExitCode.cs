namespace Utaf;

/// <summary>What the process tells its caller; pipelines depend on these numbers.</summary>
public enum ExitCode
{
    /// <summary>Everything asked for was done, and no piracy is suspected.</summary>
    NoPiracySuspected = 0,

    /// <summary>A suspect matches the target model.</summary>
    PiracySuspected = 1,

    /// <summary>The command line, the configuration, or an input that the user gave is wrong.</summary>
    Usage = 2,

    /// <summary>The machine cannot do it: native library, device, store, disk or token.</summary>
    Environment = 3,

    /// <summary>The suspect did not answer enough, or gave next to the same answer to all inputs, or the evidence cannot reach the asked significance. Never looks like 0.</summary>
    Inconclusive = 4,

    /// <summary>Stopped by Ctrl-C; nothing is left half-written.</summary>
    Interrupted = 130,
}
