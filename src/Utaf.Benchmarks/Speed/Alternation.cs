namespace Utaf.Benchmarks.Speed;

/// <summary>Lets two contestants run in turn, A B A B …, so that a machine that is busy for a while is so for both of a pair.</summary>
internal static class Alternation
{
    /// <param name="repeats">How many pairs, at least 1.</param>
    /// <param name="ours">Is given the repeat, from 0.</param>
    /// <param name="reference">Is given the repeat, from 0.</param>
    public static IReadOnlyList<(T Ours, T Reference)> Run<T>(int repeats, Func<int, T> ours, Func<int, T> reference) =>
        [.. Enumerable.Range(0, repeats).Select(repeat => (ours(repeat), reference(repeat)))];
}
