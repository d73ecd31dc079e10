namespace ModelTool.Training.Fitting;

/// <summary>The terms of a text, each once.</summary>
/// <param name="Ids">Ascending.</param>
/// <param name="Counts">How often each stands there.</param>
internal sealed record TermCounts(int[] Ids, int[] Counts)
{
    public static TermCounts Of(int[] ids)
    {
        var sorted = (int[])ids.Clone();
        Array.Sort(sorted);
        var (distinct, counts) = (new List<int>(), new List<int>());
        foreach (var id in sorted)
        {
            if (distinct is [.., var last] && last == id)
            {
                counts[^1]++;
            }
            else
            {
                distinct.Add(id);
                counts.Add(1);
            }
        }

        return new TermCounts([.. distinct], [.. counts]);
    }
}
