namespace Scoring.Configuration;

/// <summary>Reads <c>capture</c> of a <c>model.json</c>.</summary>
internal static class CaptureConfigReader
{
    private const double UsualShare = 0.01;
    private const int UsualDays = 30;

    /// <param name="node">The object.</param>
    /// <param name="features">What the file names; empty where the model's inputs are the features.</param>
    public static CaptureConfig Read(ConfigNode node, IReadOnlyList<FeatureConfig> features)
    {
        var share = node.Number("share") ?? UsualShare;
        if (!(share is > 0 and <= 1))
        {
            node.Fault("share", FormattableString.Invariant($"found {share}; expected more than 0 and at most 1"));
        }

        var days = node.Number("days") ?? UsualDays;
        if (!(days is >= 1 and <= CaptureConfig.MaxDays) || days != Math.Floor(days))
        {
            node.Fault("days", FormattableString.Invariant($"found {days}; expected a whole number, 1 to {CaptureConfig.MaxDays}"));
        }

        var (kept, without) = (node.Texts("features"), node.Texts("without"));
        if (kept.Count > 0 && without.Count > 0)
        {
            node.Fault("without", "found it beside features; expected one of the two");
        }

        foreach (var stranger in kept.Concat(without).Where(name => features.Count > 0 && features.All(feature => feature.Name != name)))
        {
            node.Fault(kept.Count > 0 ? "features" : "without", $"'{stranger}' is no feature");
        }

        node.Finish("share, features, without, days");
        return new CaptureConfig(share, kept.ToHashSet(StringComparer.Ordinal), without.ToHashSet(StringComparer.Ordinal), (int)Math.Clamp(days, 1, CaptureConfig.MaxDays));
    }
}
