namespace Scoring.Telemetry;

/// <summary>What a population stability index says once chance is taken off it.</summary>
public enum DriftVerdict
{
    /// <summary>Fewer than <see cref="DriftFigure.MinRows"/> rows.</summary>
    TooFew,

    /// <summary>Below <see cref="DriftFigure.Moved"/>.</summary>
    Stable,

    /// <summary>Over <see cref="DriftFigure.Moved"/>: worth a look.</summary>
    Moved,

    /// <summary>Over <see cref="DriftFigure.Shifted"/>: other rows than the package was made for.</summary>
    Shifted,
}
