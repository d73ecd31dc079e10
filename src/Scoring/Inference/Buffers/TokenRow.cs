namespace Scoring.Inference.Buffers;

/// <summary>Where the ids of one text stand among those of a batch.</summary>
/// <param name="Start">Index of its first id.</param>
/// <param name="End">Index after its last.</param>
/// <param name="SecondStart">Index of the first id of a pair's second text; <paramref name="End"/> where there is none.</param>
/// <param name="IsTruncated">True when the text was longer.</param>
internal readonly record struct TokenRow(int Start, int End, int SecondStart, bool IsTruncated)
{
    /// <summary>Count of ids.</summary>
    public int Length => End - Start;
}
