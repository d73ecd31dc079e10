namespace Scoring.Features.Text.WordPiece;

/// <summary>All that a tokenizer's file says, checked.</summary>
internal sealed record WordPieceModel
{
    /// <summary>Pieces and their ids.</summary>
    public required IReadOnlyDictionary<string, int> Pieces { get; init; }

    /// <summary>What a piece within a word begins with.</summary>
    public required string ContinuingPrefix { get; init; }

    /// <summary>The id of a word that no pieces make up.</summary>
    public required int UnknownId { get; init; }

    /// <summary>Longer words, in characters, are unknown.</summary>
    public required int MaxWordLength { get; init; }

    /// <summary>What becomes of characters.</summary>
    public required CharacterRules Rules { get; init; }

    /// <summary>Tokens that stand for themselves in a text.</summary>
    public required IReadOnlyList<SpecialToken> Specials { get; init; }

    /// <summary>The ids around one text.</summary>
    public required TokenTemplate Single { get; init; }

    /// <summary>The ids around two texts.</summary>
    public required TokenTemplate Pair { get; init; }

    /// <summary>What shorter rows are filled up with.</summary>
    public required int PaddingId { get; init; }

    /// <summary>Most ids of a text, special ones included.</summary>
    public required int MaxTokens { get; init; }
}
