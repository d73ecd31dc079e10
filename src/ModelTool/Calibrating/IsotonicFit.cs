namespace ModelTool.Calibrating;

/// <summary>Pools neighbours until frequencies never fall with the score (Zadrozny and Elkan 2002): the second label's of two, every label's pooled together of more.</summary>
internal static class IsotonicFit
{
    /// <summary>The map's corners; null where all scores are one.</summary>
    public static (double[] Scores, double[] Frequencies)? Fit(ScoredRows rows)
    {
        var points = (rows.Width == 2
            ? rows.Probabilities.Select((row, index) => (Score: (double)row[1], Hit: rows.Labels[index] == 1 ? 1.0 : 0))
            : rows.Probabilities.SelectMany((row, index) => row.Select((score, label) => (Score: (double)score, Hit: rows.Labels[index] == label ? 1.0 : 0)))).OrderBy(point => point.Score).ToArray();
        var blocks = new List<(double First, double Last, double Sum, int Count)>();
        foreach (var (score, hit) in points)
        {
            // Equal scores are one block from the start.
            var block = (First: score, Last: score, Sum: hit, Count: 1);
            while (blocks.Count > 0 && (blocks[^1].Last == block.First || blocks[^1].Sum * block.Count >= block.Sum * blocks[^1].Count))
            {
                var before = blocks[^1];
                blocks.RemoveAt(blocks.Count - 1);
                block = (before.First, block.Last, before.Sum + block.Sum, before.Count + block.Count);
            }

            blocks.Add(block);
        }

        // Never quite 0 or 1: no sample shows that something cannot happen.
        var least = 1.0 / (points.Length + 2);
        var corners = blocks.SelectMany(block => new[] { block.First, block.Last }.Distinct().Select(score => (score, Math.Clamp(block.Sum / block.Count, least, 1 - least)))).ToList();
        return corners.Count < 2 ? null : ([.. corners.Select(corner => corner.score)], [.. corners.Select(corner => corner.Item2)]);
    }
}
