namespace Scoring.Repository;

/// <summary>A file that a repository holds, as its listing tells it.</summary>
/// <param name="Path">Relative to the version's folder, with forward slashes.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Tag">Changes whenever the content does: an ETag, or the time of the last write.</param>
public sealed record ListedFile(string Path, long Bytes, string Tag);
