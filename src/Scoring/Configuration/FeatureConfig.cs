namespace Scoring.Configuration;

/// <summary>One thing that a model's configuration says of a feature.</summary>
public abstract record FeatureConfig
{
    /// <summary>The name that callers write.</summary>
    public required string Name { get; init; }

    /// <summary>The model input that it belongs to; null for the model's only one.</summary>
    public string? Input { get; init; }

    /// <summary>What it means, for people.</summary>
    public string? Description { get; init; }

    /// <summary>Its unit, for people.</summary>
    public string? Unit { get; init; }

    /// <summary>Columns that it takes in its input.</summary>
    public abstract int Width { get; }
}
