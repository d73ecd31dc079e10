namespace ModelTool.Calibrating;

/// <summary>
/// Fits how often the most probable label happened to what its probability said: calibration of the top label (Gupta and Ramdas 2022). Rows are taken in bins of equally many, and
/// neighbours pooled until the frequency never falls.
/// </summary>
internal static class TopMapFit
{
    private const int MaxBins = 16;
    private const int MinRows = 30;

    /// <summary>The map's corners, a bin each; null where the rows are too few for two of them.</summary>
    public static (double[] Scores, double[] Frequencies)? Fit(ScoredRows rows)
    {
        var (confidences, correct) = CalibrationQuality.Top(rows);
        var order = Enumerable.Range(0, rows.Count).OrderBy(row => confidences[row]).ToArray();
        var count = Math.Min(MaxBins, rows.Count / MinRows);
        var bins = new List<Bin>();
        for (var index = 0; index < count; index++)
        {
            var own = order[(int)((long)order.Length * index / count)..(int)((long)order.Length * (index + 1) / count)];
            var bin = new Bin(own.Sum(row => confidences[row]), own.Count(row => correct[row]), own.Length);
            while (bins.Count > 0 && (bins[^1].Frequency >= bin.Frequency || bins[^1].Score >= bin.Score))
            {
                bin = bins[^1].With(bin);
                bins.RemoveAt(bins.Count - 1);
            }

            bins.Add(bin);
        }

        return bins.Count < 2 ? null : ([.. bins.Select(bin => bin.Score)], [.. bins.Select(bin => bin.Frequency)]);
    }

    // One more row that is as the rest of its bin says: no sample shows that a label never happens, or always does.
    private readonly record struct Bin(double Sum, int Right, int Rows)
    {
        public double Score => Sum / Rows;

        public double Frequency => (Right + Score) / (Rows + 1);

        public Bin With(Bin next) => new(Sum + next.Sum, Right + next.Right, Rows + next.Rows);
    }
}
