using System.Diagnostics;

namespace Utaf.Benchmarks.Speed;

/// <summary>The Python that the reference runs in.</summary>
/// <param name="Interpreter">From the variable PYTHON, or else python3.</param>
/// <param name="Version">Of torch.</param>
/// <param name="Blas">The kernel that OpenBLAS chose for this processor; otherwise what torch says of its BLAS.</param>
internal sealed record PyTorch(string Interpreter, string Version, string Blas)
{
    private const string Question = """
        import ctypes, torch
        print(torch.__version__)
        kernel = "unknown"
        try:
            names = {line.split()[-1] for line in open("/proc/self/maps") if "openblas" in line}
            for name in names:
                ask = ctypes.CDLL(name).openblas_get_corename
                ask.restype = ctypes.c_char_p
                kernel = "OpenBLAS " + ask().decode()
        except Exception:
            pass
        print(kernel if kernel != "unknown" else "MKL" if torch.backends.mkl.is_available() else kernel)
        """;

    /// <summary>The interpreter of the environment, with torch or without.</summary>
    public static string Chosen => Environment.GetEnvironmentVariable("PYTHON") is { Length: > 0 } named ? named : "python3";

    /// <summary>Asks the interpreter for torch.</summary>
    /// <param name="problem">Why there is none, for people.</param>
    public static PyTorch? TryFind(out string? problem)
    {
        try
        {
            var start = new ProcessStartInfo(Chosen, ["-c", Question]) { RedirectStandardOutput = true, RedirectStandardError = true };
            Contestant.LeaveAlone(start);
            using var process = Process.Start(start)!;
            var said = process.StandardError.ReadToEndAsync();
            var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            process.WaitForExit();
            if (process.ExitCode == 0 && lines is [var version, var blas])
            {
                problem = null;
                return new(Chosen, version, blas);
            }

            problem = $"{Chosen} has no torch ({said.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault()}). Install it (Debian: python3-torch, libopenblas0-pthread), or name another interpreter in the variable PYTHON.";
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            problem = $"{Chosen} cannot be started ({e.Message}). Name an interpreter that has torch in the variable PYTHON.";
        }

        return null;
    }

    /// <summary>A script run by this interpreter.</summary>
    public Contestant Runs(string name, string script, params IReadOnlyList<string> arguments) => new(name, Interpreter, [script, .. arguments]);
}
