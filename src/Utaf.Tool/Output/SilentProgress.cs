namespace Utaf.Tool.Output;

/// <summary>Shows nothing.</summary>
internal sealed class SilentProgress : IProgressView, IStage
{
    public T Track<T>(string title, Func<IStage, T> work) => work(this);

    public void Report(int done, int total, string detail)
    {
    }
}
