namespace Scoring.Repository;

/// <summary>What the disk cache remembers of a live pointer.</summary>
/// <param name="Pointer">The pointer as last read.</param>
/// <param name="Tag">Its tag.</param>
/// <param name="Since">When it moved there.</param>
/// <param name="ConfirmedAt">When the repository last said so.</param>
/// <param name="Good">The version that last answered as the live one; null before any did.</param>
public sealed record CachedPointer(LivePointer Pointer, string Tag, DateTimeOffset Since, DateTimeOffset ConfirmedAt, string? Good);
