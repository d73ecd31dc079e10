namespace Scoring.Configuration;

/// <summary>One of a list of texts: an indicator column for each of <see cref="Values"/>.</summary>
public sealed record CategoryFeature : FeatureConfig
{
    /// <summary>Values with a column each, in their order.</summary>
    public required IReadOnlyList<string> Values { get; init; }

    /// <summary>Valid values that set no column.</summary>
    public IReadOnlyList<string> Other { get; init; } = [];

    /// <summary>Other spellings and the value that each stands for.</summary>
    public IReadOnlyDictionary<string, string> Aliases { get; init; } = new Dictionary<string, string>();

    /// <summary>Taken when the feature is absent; null makes it required.</summary>
    public string? Default { get; init; }

    /// <inheritdoc/>
    public override int Width => Values.Count;
}
