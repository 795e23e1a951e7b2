namespace Utaf.Tool.Output;

/// <summary>Takes reports of one stage of the work.</summary>
internal interface IStage
{
    /// <summary>Something was finished.</summary>
    /// <param name="done">How much is finished.</param>
    /// <param name="total">Of how much.</param>
    /// <param name="detail">What was finished last.</param>
    public void Report(int done, int total, string detail);
}

/// <summary>Shows how far the work is.</summary>
internal interface IProgressView
{
    /// <summary>Shows one stage while it runs.</summary>
    /// <param name="title">The stage.</param>
    /// <param name="work">Does it, and reports.</param>
    public T Track<T>(string title, Func<IStage, T> work);
}
