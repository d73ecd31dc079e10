namespace ModelTool.Pruning;

/// <summary>What pruning did.</summary>
/// <param name="Verdict"><c>accepted</c> or <c>rejected</c>.</param>
/// <param name="Sentence">The verdict for people.</param>
/// <param name="What">What was left out.</param>
/// <param name="Bytes">Of the package as it is, without its golden cases.</param>
/// <param name="CompressedBytes">The same, each file compressed by Deflate.</param>
/// <param name="Trials">One for each share.</param>
/// <param name="Chosen">The share that was kept; null where none was.</param>
internal sealed record PruneReport(string Verdict, string Sentence, string What, long Bytes, long CompressedBytes, IReadOnlyList<PruneTrial> Trials, double? Chosen);
