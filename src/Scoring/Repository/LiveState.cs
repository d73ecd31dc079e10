namespace Scoring.Repository;

/// <summary>A live pointer as read.</summary>
/// <param name="Pointer">What it says.</param>
/// <param name="Tag">Changes whenever the pointer does; the condition of the next read and of a move.</param>
/// <param name="Since">When the pointer last moved, by the repository's clock.</param>
public sealed record LiveState(LivePointer Pointer, string Tag, DateTimeOffset Since);
