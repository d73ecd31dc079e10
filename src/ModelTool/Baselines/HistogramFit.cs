using System.Globalization;
using Scoring.Configuration;
using Scoring.Features;

namespace ModelTool.Baselines;

/// <summary>Chooses the bins of a feature by its values.</summary>
internal static class HistogramFit
{
    // More bins see smaller changes and need more rows to tell them from chance.
    private const int MostCuts = 9;
    private const int Digits = 6;

    /// <summary>The histogram of a number or a length: bins of about equal count, as far as its values let them be apart.</summary>
    /// <param name="name">The feature.</param>
    /// <param name="values">Of each row; NaN where it is missing.</param>
    /// <returns>Null where no row has a value.</returns>
    public static FeatureHistogram? OfNumbers(string name, IReadOnlyList<double> values)
    {
        var known = values.Where(value => !double.IsNaN(value)).Order().ToArray();
        if (known.Length == 0)
        {
            return null;
        }

        var edges = Enumerable.Range(1, MostCuts).Select(cut => known[Math.Min((int)((long)cut * known.Length / (MostCuts + 1)), known.Length - 1)])
            .Distinct().Select(value => Between(value, known)).Distinct().ToArray();
        var counts = new int[edges.Length + 1];
        foreach (var value in known)
        {
            counts[edges.Count(edge => value > edge)]++;
        }

        return new FeatureHistogram(name, edges, [], [.. counts.Select(count => Share(count, values.Count))], Share(values.Count - known.Length, values.Count));
    }

    /// <summary>The histogram of a category or a boolean: a bin for each of its most frequent values.</summary>
    /// <param name="feature">The feature.</param>
    /// <param name="indexes">Of each row, an index of its values or none of them.</param>
    public static FeatureHistogram OfValues(FeatureColumn feature, IReadOnlyList<double> indexes)
    {
        var counts = new int[feature.Values.Count];
        foreach (var index in indexes)
        {
            if (index >= 0 && index < counts.Length)
            {
                counts[(int)index]++;
            }
        }

        // One bin is for all others, one for what is missing. A value that no row has would be a bin that any row moves.
        var kept = Enumerable.Range(0, counts.Length).Where(value => counts[value] > 0 || feature.Kind == FeatureColumnKind.Boolean)
            .OrderByDescending(value => counts[value]).ThenBy(value => value).Take(FeatureHistogram.MaxBins - 2).ToArray();
        kept = kept.Length == 0 ? [0] : kept;
        return new FeatureHistogram(
            feature.Name, [], [.. kept.Select(value => feature.Values[value])],
            [.. kept.Select(value => Share(counts[value], indexes.Count)), Share(indexes.Count - kept.Sum(value => counts[value]), indexes.Count)], 0);
    }

    private static double Share(int count, int of) => Math.Round((double)count / of, Digits);

    // An edge of few digits at or above the value and below the next one: the value itself has as many as a float32 happens to have.
    private static double Between(double value, double[] sorted)
    {
        var next = sorted.FirstOrDefault(each => each > value, double.NaN);
        if (double.IsNaN(next) || double.IsInfinity(value) || double.IsInfinity(next))
        {
            return value;
        }

        var middle = value + ((next - value) / 2);
        for (var digits = 1; digits < 17; digits++)
        {
            foreach (var exact in (double[])[value, middle])
            {
                var rounded = double.Parse(exact.ToString($"G{digits}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
                if (rounded >= value && rounded < next)
                {
                    return rounded;
                }
            }
        }

        return value;
    }
}
