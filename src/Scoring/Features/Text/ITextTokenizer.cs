namespace Scoring.Features.Text;

/// <summary>Texts → token ids. Immutable and thread safe. One that holds native memory is <see cref="IDisposable"/>.</summary>
internal interface ITextTokenizer
{
    /// <summary>What it is and whose code does it, for people.</summary>
    string Kind { get; }

    /// <summary>Ids per text at most, special ones included.</summary>
    int MaxTokens { get; }

    /// <summary>How many ids there are: each is below.</summary>
    int IdCount { get; }

    /// <summary>What shorter rows are filled up with.</summary>
    long PaddingId { get; }

    /// <summary>Special ids before one text.</summary>
    ReadOnlySpan<long> Before { get; }

    /// <summary>Special ids after one text.</summary>
    ReadOnlySpan<long> After { get; }

    /// <summary>The same tokenizer with room for another number of ids per text.</summary>
    ITextTokenizer WithRoom(int maxTokens);

    /// <summary>Whether two texts may be given as one.</summary>
    bool TakesPairs { get; }

    /// <summary>Writes the ids of a text.</summary>
    /// <param name="text">UTF-8; what is invalid is passed over or replaced, as the tokenizer says.</param>
    /// <param name="ids">Room for <see cref="MaxTokens"/>, or for the fewer that the model takes.</param>
    /// <param name="truncated">Whether something was left out for lack of room.</param>
    /// <returns>Count of ids.</returns>
    int Tokenize(ReadOnlySpan<byte> text, Span<long> ids, out bool truncated);

    /// <summary>Writes the ids of two texts; only where <see cref="TakesPairs"/>.</summary>
    /// <param name="first">UTF-8.</param>
    /// <param name="second">UTF-8.</param>
    /// <param name="ids">Room as for one text.</param>
    /// <param name="secondStart">Index of the first id that belongs to the second text.</param>
    /// <param name="truncated">Whether something was left out for lack of room.</param>
    int TokenizePair(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<long> ids, out int secondStart, out bool truncated);
}
