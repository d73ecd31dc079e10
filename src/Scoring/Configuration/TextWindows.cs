using Scoring.Inference;

namespace Scoring.Configuration;

/// <summary>How a text longer than its tokenizer's most ids is read in several runs of the model: <c>{"most":8,"overlap":32,"pooling":"mean"}</c>.</summary>
/// <param name="MaxCount">Most windows of a text, from 2; what follows is cut off.</param>
/// <param name="Overlap">Ids that a window repeats of the one before.</param>
/// <param name="Pooling">What becomes of their outputs.</param>
public sealed record TextWindows(int MaxCount, int Overlap, WindowPooling Pooling)
{
    /// <summary>Most windows of a text where nothing is said.</summary>
    public const int DefaultMaxCount = 8;

    /// <summary>More windows than these may not be asked for: a text would hold up all others.</summary>
    public const int MaxCountAllowed = 256;
}
