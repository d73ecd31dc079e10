using System.Globalization;
using Scoring.Configuration;
using Scoring.Inference.Buffers;

namespace Scoring.Features;

/// <summary>Counts the features of rows into the bins of a package's baseline. Immutable; the caller brings the counts.</summary>
internal sealed class FeatureBins
{
    private readonly BinnedColumn[] columns;

    private FeatureBins(BinnedColumn[] columns, FeatureBaseline baseline)
    {
        this.columns = columns;
        Baseline = baseline;
        Count = columns.Sum(column => column.Count);
    }

    /// <summary>What was measured when the package was made.</summary>
    public FeatureBaseline Baseline { get; }

    /// <summary>Bins of all features together.</summary>
    public int Count { get; }

    /// <summary>Joins a baseline with the features that a model has.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/> with every way in which the two do not fit.</exception>
    public static FeatureBins Create(FeatureBaseline baseline, IEnumerable<FeatureColumn> features)
    {
        var known = features.ToDictionary(feature => feature.Name, StringComparer.Ordinal);
        var faults = new List<string>();
        var columns = new List<BinnedColumn>();
        var offset = 0;
        foreach (var histogram in baseline.Features)
        {
            if (!known.TryGetValue(histogram.Name, out var feature))
            {
                faults.Add($"'{histogram.Name}' is no feature that can be counted");
            }
            else if (feature.IsNumeric != histogram.IsNumeric)
            {
                faults.Add($"'{histogram.Name}' has {(histogram.IsNumeric ? "edges and is no number" : "values and is a number")}");
            }
            else if (histogram.Values.FirstOrDefault(value => !feature.Values.Contains(value)) is { } stranger)
            {
                faults.Add($"'{histogram.Name}' has no value '{stranger}'");
            }
            else
            {
                columns.Add(new BinnedColumn(feature, histogram, offset));
                offset += columns[^1].Count;
            }
        }

        return faults.Count == 0
            ? new FeatureBins([.. columns], baseline)
            : throw new ScoringException(ErrorCode.ModelUnavailable, $"model.json's featureBaseline does not fit the model: {string.Join("; ", faults)}.");
    }

    /// <summary>The names of a feature's bins: upper edges and <c>+Inf</c>, or values and <c>other</c>; then <c>missing</c>.</summary>
    public static IReadOnlyList<string> NamesOf(FeatureHistogram histogram) =>
        histogram.IsNumeric
            ? [.. histogram.Edges.Select(edge => edge.ToString("R", CultureInfo.InvariantCulture)), "+Inf", "missing"]
            : [.. histogram.Values, "other", "missing"];

    /// <summary>Adds rows that are kept in the buffers.</summary>
    /// <param name="inputs">The buffers.</param>
    /// <param name="rows">How many they hold.</param>
    /// <param name="counts">As many as there are bins; of one writer at a time.</param>
    public void Add(InputBuffer[] inputs, int rows, long[] counts)
    {
        for (var row = 0; row < rows; row++)
        {
            foreach (var column in columns)
            {
                ref var count = ref counts[column.BinOf(inputs, row)];

                // Others read it meanwhile; nobody else writes it.
                Volatile.Write(ref count, count + 1);
            }
        }
    }

    private sealed class BinnedColumn
    {
        private readonly FeatureColumn feature;
        private readonly double[] edges;
        private readonly int[] binsOfValues;
        private readonly int first;

        public BinnedColumn(FeatureColumn feature, FeatureHistogram histogram, int first)
        {
            this.feature = feature;
            this.first = first;
            edges = [.. histogram.Edges];
            var others = histogram.Values.Count;
            binsOfValues = [.. feature.Values.Select(value => Array.IndexOf([.. histogram.Values], value)).Select(bin => bin < 0 ? others : bin), others];
            Count = histogram.Shares.Count + 1;
        }

        public int Count { get; }

        public int BinOf(InputBuffer[] inputs, int row)
        {
            var value = feature.Read(inputs, row);
            if (double.IsNaN(value))
            {
                return first + Count - 1;
            }

            if (edges.Length == 0)
            {
                var index = (int)value;
                return first + binsOfValues[(uint)index < (uint)binsOfValues.Length ? index : ^1];
            }

            var bin = 0;
            foreach (var edge in edges)
            {
                bin += value > edge ? 1 : 0;
            }

            return first + bin;
        }
    }
}
