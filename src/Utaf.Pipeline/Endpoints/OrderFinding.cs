namespace Utaf.Endpoints;

/// <summary>What asking a few inputs again, in another order, says of a suspect's answers.</summary>
internal enum OrderFinding
{
    /// <summary>Each input got the answer it had got before.</summary>
    Kept,

    /// <summary>The answers are those of before, but at other places: they do not come in the inputs' order.</summary>
    Changed,

    /// <summary>Some answers are new: the suspect is not deterministic.</summary>
    Varying,
}

/// <summary>Compares answers to the same inputs from two requests.</summary>
internal static class OrderCheck
{
    private const float Tolerance = 1e-3f;

    /// <summary>Compares.</summary>
    /// <param name="earlier">The answers of a whole request, [n, d_out], in the order in which they were assigned.</param>
    /// <param name="asked">Which of those inputs were asked again, k of [0, n).</param>
    /// <param name="again">The new answers, [k, d_out].</param>
    public static OrderFinding Compare(IReadOnlyList<float[]> earlier, IReadOnlyList<int> asked, IReadOnlyList<float[]> again)
    {
        if (Enumerable.Range(0, asked.Count).All(i => Agree(earlier[asked[i]], again[i])))
        {
            return OrderFinding.Kept;
        }

        // A service that reorders may have given an input the answer of any other input of its request.
        return CanBeAssigned(earlier, again) ? OrderFinding.Changed : OrderFinding.Varying;
    }

    /// <summary>Within 0.001 of the larger answer's largest number.</summary>
    private static bool Agree(float[] left, float[] right)
    {
        var scale = Math.Max(left.Max(Math.Abs), right.Max(Math.Abs));
        return left.Zip(right).All(pair => Math.Abs(pair.First - pair.Second) <= Tolerance * scale);
    }

    /// <summary>Whether each new answer has an earlier one of its own that it agrees with: a matching by augmenting paths.</summary>
    private static bool CanBeAssigned(IReadOnlyList<float[]> earlier, IReadOnlyList<float[]> again)
    {
        var owner = new int[earlier.Count];
        Array.Fill(owner, -1);
        return Enumerable.Range(0, again.Count).All(i => Assign(i, new bool[earlier.Count]));

        bool Assign(int i, bool[] tried)
        {
            for (var place = 0; place < earlier.Count; place++)
            {
                if (tried[place] || !Agree(earlier[place], again[i]))
                {
                    continue;
                }

                tried[place] = true;
                if (owner[place] < 0 || Assign(owner[place], tried))
                {
                    owner[place] = i;
                    return true;
                }
            }

            return false;
        }
    }
}
