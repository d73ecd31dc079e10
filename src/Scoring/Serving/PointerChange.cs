namespace Scoring.Serving;

/// <summary>What a read of a live pointer gave.</summary>
internal enum PointerChange
{
    /// <summary>It is where it was.</summary>
    Unmoved,

    /// <summary>It was written since.</summary>
    Moved,

    /// <summary>It was written since, and its rollout alone is another.</summary>
    Rescheduled,

    /// <summary>The model has none.</summary>
    Absent,

    /// <summary>It is garbage, or the repository cannot be reached.</summary>
    Unknown,
}
