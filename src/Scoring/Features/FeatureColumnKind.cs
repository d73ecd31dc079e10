namespace Scoring.Features;

/// <summary>How a feature's value becomes one number.</summary>
internal enum FeatureColumnKind
{
    /// <summary>It is one; NaN where it is missing.</summary>
    Number,

    /// <summary>0 or 1.</summary>
    Boolean,

    /// <summary>The index of its indicator; -1 for a value without one.</summary>
    Category,

    /// <summary>The length of its text in tokens.</summary>
    Length,
}
