namespace Scoring.Configuration;

/// <summary>True or false: one column of 1 or 0.</summary>
public sealed record BooleanFeature : FeatureConfig
{
    /// <summary>Taken when the feature is absent; null makes it required.</summary>
    public bool? Default { get; init; }

    /// <inheritdoc/>
    public override int Width => 1;
}
