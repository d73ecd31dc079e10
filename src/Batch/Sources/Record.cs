namespace Scoring.Batch.Sources;

/// <summary>One record of a text source, valid until the reader moves on.</summary>
/// <param name="content">Its bytes without line ending, to be overwritten at will; empty when <paramref name="isOversized"/>.</param>
/// <param name="end">Position in the file just after it, its line ending included.</param>
/// <param name="isOversized">Longer than the reader's limit: skipped unread.</param>
internal readonly ref struct Record(Span<byte> content, long end, bool isOversized)
{
    public Span<byte> Content { get; } = content;

    public long End { get; } = end;

    public bool IsOversized { get; } = isOversized;
}
