namespace Scoring.Configuration;

/// <summary>Reads <c>featureBaseline</c> of a <c>model.json</c>.</summary>
internal static class FeatureBaselineReader
{
    // Shares written with six decimals each are off by up to twenty halves of the last one; those written by hand may have fewer.
    private const double SumTolerance = 1e-3;

    public static FeatureBaseline Read(ConfigNode node)
    {
        var rows = node.Number("rows") ?? 0;
        if (rows < 1 || rows > int.MaxValue || rows != Math.Floor(rows))
        {
            node.Fault("rows", FormattableString.Invariant($"found {rows}; expected how many rows it was made of, at least 1"));
        }

        var features = new List<FeatureHistogram>();
        foreach (var each in node.Nodes("features"))
        {
            features.Add(ReadFeature(each));
        }

        if (features.Count is 0 or > FeatureBaseline.MaxFeatures)
        {
            node.Fault("features", $"found {features.Count}; expected 1 to {FeatureBaseline.MaxFeatures}");
        }

        foreach (var twice in features.GroupBy(feature => feature.Name, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            node.Fault("features", $"'{twice.Key}' stands twice");
        }

        node.Finish("rows, features");
        return new FeatureBaseline((int)Math.Clamp(rows, 1, int.MaxValue), features);
    }

    private static FeatureHistogram ReadFeature(ConfigNode node)
    {
        var feature = new FeatureHistogram(node.RequiredText("name") ?? "", node.Numbers("edges"), node.Texts("values"), node.Numbers("shares"), node.Number("missing") ?? 0);
        if (feature.Edges.Count > 0 == feature.Values.Count > 0)
        {
            node.Fault("edges", "expected either edges, of a number or a text, or values, of a category or a boolean");
        }

        for (var index = 1; index < feature.Edges.Count; index++)
        {
            if (!(feature.Edges[index] > feature.Edges[index - 1]))
            {
                node.Fault("edges", "expected increasing order");
                break;
            }
        }

        foreach (var twice in feature.Values.GroupBy(value => value, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            node.Fault("values", $"'{twice.Key}' stands twice");
        }

        var (bins, sum, least) = (feature.Edges.Count + feature.Values.Count + 1, feature.Missing, feature.Missing);
        foreach (var share in feature.Shares)
        {
            sum += share;
            least = Math.Min(least, share);
        }

        if (bins + 1 > FeatureHistogram.MaxBins)
        {
            node.Fault(feature.IsNumeric ? "edges" : "values", $"found {bins - 1}; expected at most {FeatureHistogram.MaxBins - 2}");
        }
        else if (feature.Shares.Count != bins || least < 0 || Math.Abs(sum - 1) > SumTolerance)
        {
            node.Fault("shares", FormattableString.Invariant($"found {feature.Shares.Count} shares that sum to {sum} with what is missing; expected {bins} shares of at least 0 that sum to 1"));
        }

        node.Finish("name, edges (number, text); values (category, boolean); shares, missing");
        return feature;
    }
}
