using Utaf.Data;
using Utaf.Torch;
using static TorchSharp.torch;

namespace Utaf.Models;

/// <summary>
/// One score per document of a query: higher is more relevant. Models learn from pairs of documents of one query whose
/// relevances differ, by the pairwise logistic loss of RankNet (Burges et al. 2005); students learn a teacher's scores.
/// </summary>
public sealed class Ranking : RawOutputTask
{
    // Foreign data rarely has queries: its rows make some of this length.
    private const int MadeUpQuery = 10;

    /// <inheritdoc/>
    public override string Name => "ranking";

    /// <inheritdoc/>
    public override bool LearnsPairs => true;

    /// <inheritdoc/>
    public override bool ScaleIsTheTargets => true;

    /// <inheritdoc/>
    public override RelearnedCopies? Relearned => null;

    /// <summary>Checks that there are documents to compare.</summary>
    /// <exception cref="UtafException">
    /// UTAF1206: not one relevance per document, or the model gives more than one score. UTAF1211: there are no queries.
    /// UTAF1212: no query has two documents of different relevance.
    /// </exception>
    public override void Check(DataTable data, ModelSignature signature)
    {
        if (signature.OutputWidth != 1)
        {
            throw Errors.WrongDataShape(data.Origin, "a model of one output, the score", $"one of {signature.OutputWidth}");
        }

        if (data.TargetWidth != 1)
        {
            throw Errors.WrongDataShape(data.Origin, "one relevance per document", data.TargetWidth == 0 ? "none" : $"{data.TargetWidth}");
        }

        if (data.Queries is not { } queries)
        {
            throw Errors.NoQueries(data.Origin);
        }

        var documents = queries.Zip(data.Targets).GroupBy(document => document.First, document => document.Second).ToList();
        if (documents.All(query => query.Distinct().Count() < 2))
        {
            throw Errors.NoPairs(data.Origin, documents.Count, data.Count);
        }
    }

    /// <summary>The relevance of each document and the number of its query, [N, 2].</summary>
    public override Tensor Targets(DataTable data)
    {
        var queries = data.Queries ?? throw Errors.NoQueries(data.Origin);
        return tensor(data.Targets.Zip(queries).SelectMany(document => (float[])[document.First, document.Second]).ToArray(), data.Count, 2).clone();
    }

    /// <summary>
    /// log(1 + exp(sⱼ − sᵢ)) over all pairs of the batch that are of one query and of which document i is the more relevant:
    /// given to i, and so that the mean over the documents is that over the pairs. Zeros where there is no pair.
    /// </summary>
    /// <param name="outputs">Scores, [N, 1].</param>
    /// <param name="targets">As <see cref="Targets"/> makes them.</param>
    /// <param name="form">Always raw.</param>
    public override Tensor Losses(Tensor outputs, Tensor targets, OutputForm form)
    {
        using var scope = NewDisposeScope();
        var (relevance, query) = (targets.narrow(1, 0, 1), targets.narrow(1, 1, 1));
        var pairs = relevance.gt(relevance.t()).logical_and(query.eq(query.t())).to_type(outputs.dtype);
        var losses = nn.functional.softplus(outputs.t() - outputs) * pairs;
        return (losses.sum([1L]) * (outputs.shape[0] / pairs.sum().clamp_min(1))).MoveToOuterDisposeScope();
    }

    /// <summary>The squared difference of the scores.</summary>
    public override Tensor DistillationLosses(Tensor student, OutputForm studentForm, Tensor teacher, OutputForm teacherForm, double temperature)
    {
        using var scope = NewDisposeScope();
        return (student - teacher).square().mean([1L]).MoveToOuterDisposeScope();
    }

    /// <summary>The target's own: pairs say nothing of a score's scale, and it should not tell honest models apart.</summary>
    public override (float[] Mean, float[] Deviation) OutputScale(DataTable owner, TargetModel target) => target.OutputStatistics(owner);

    /// <summary>The same queries with the relevances of a random linear rule.</summary>
    public override DataTable Irrelevant(DataTable data, ModelSignature signature, SeededRandom random) =>
        data with { TargetWidth = 1, Targets = RandomRule.Scores(data, 1, random) };

    /// <summary>The first target is the relevance; without queries every ten rows are one.</summary>
    public override DataTable FitTargets(DataTable foreign, DataTable owner, ModelSignature signature) => foreign with
    {
        TargetWidth = 1,
        Targets = [.. foreign.Targets.Chunk(foreign.TargetWidth).Select(row => row[0])],
        Queries = foreign.Queries ?? [.. Enumerable.Range(0, foreign.Count).Select(row => row / MadeUpQuery)],
    };

    /// <summary>
    /// Pair accuracy: the share of pairs of one query with different relevances whose scores are in the same order, in [0, 1];
    /// equal scores count half. NaN where there are no such pairs.
    /// </summary>
    public override double Utility(Tensor outputs, Tensor targets, OutputForm form)
    {
        using var scope = NewDisposeScope();
        var scores = Numbers(outputs.detach());
        var documents = Numbers(targets).Chunk(2).Zip(scores, (target, score) => (Relevance: target[0], Query: target[1], Score: score));
        var (right, pairs) = (0.0, 0L);
        foreach (var query in documents.GroupBy(document => document.Query).Select(query => query.ToArray()))
        {
            foreach (var better in query)
            {
                foreach (var worse in query.Where(document => document.Relevance < better.Relevance))
                {
                    pairs++;
                    right += better.Score > worse.Score ? 1 : better.Score == worse.Score ? 0.5 : 0;
                }
            }
        }

        return right / pairs;
    }

    private static float[] Numbers(Tensor tensor) => [.. tensor.to_type(ScalarType.Float32).cpu().contiguous().data<float>()];
}
