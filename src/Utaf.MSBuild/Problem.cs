using Microsoft.Build.Utilities;

namespace Utaf.MSBuild;

/// <summary>An error or a warning of the build.</summary>
/// <param name="code">Such as UTAF0001.</param>
/// <param name="file">The file that an editor opens.</param>
/// <param name="message">What is wrong and what to do.</param>
/// <param name="isError">Else it is a warning.</param>
/// <param name="line">From 1; 0 if there is none.</param>
/// <param name="column">From 1; 0 if there is none.</param>
internal sealed class Problem(string code, string file, string message, bool isError, int line = 0, int column = 0)
{
    /// <summary>Tells MSBuild.</summary>
    public void Tell(TaskLoggingHelper log)
    {
        if (isError)
        {
            log.LogError(null, code, null, file, line, column, 0, 0, "{0}", message);
        }
        else
        {
            log.LogWarning(null, code, null, file, line, column, 0, 0, "{0}", message);
        }
    }
}
