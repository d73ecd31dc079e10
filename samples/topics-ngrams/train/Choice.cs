namespace Samples.TopicsNgrams;

/// <summary>Answers what most of the accuracy costs.</summary>
public static class Choice
{
    /// <summary>The share of the best accuracy that the chosen model has to keep.</summary>
    public const double Share = 0.95;

    /// <summary>The smallest model with 95 % of the best one's accuracy on the validation texts.</summary>
    public static CurvePoint Of(IReadOnlyList<CurvePoint> points)
    {
        var best = points.Max(point => point.ValidationAccuracy);
        return points.Where(point => point.ValidationAccuracy >= Share * best).MinBy(point => point.Bytes)!;
    }
}
