namespace Scoring.Configuration;

/// <summary>A number: one column.</summary>
public sealed record NumberFeature : FeatureConfig
{
    /// <summary>The least value admitted; null for no bound.</summary>
    public double? Minimum { get; init; }

    /// <summary>The greatest value admitted; null for no bound.</summary>
    public double? Maximum { get; init; }

    /// <summary>Taken when the feature is absent; null makes it required.</summary>
    public double? Default { get; init; }

    /// <summary>True where a missing value is NaN to the model, false where one is refused; null leaves it to the model's graph and golden cases.</summary>
    public bool? MissingIsNaN { get; init; }

    /// <inheritdoc/>
    public override int Width => 1;
}
