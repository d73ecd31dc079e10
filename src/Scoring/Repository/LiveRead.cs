namespace Scoring.Repository;

/// <summary>The answer to a conditional read of a live pointer.</summary>
/// <param name="IsUnchanged">The pointer still has the tag that the reader knew; <paramref name="State"/> is null.</param>
/// <param name="State">The pointer; null when it is unchanged or absent.</param>
public readonly record struct LiveRead(bool IsUnchanged, LiveState? State)
{
    /// <summary>Nothing has moved since the reader's tag.</summary>
    public static LiveRead Unchanged { get; } = new(true, null);

    /// <summary>The model has no live pointer.</summary>
    public static LiveRead Absent { get; } = new(false, null);
}
