namespace Scoring.Features.Text.WordPiece;

/// <summary>What becomes of a character.</summary>
internal enum CharacterKind
{
    /// <summary>Part of a word, as another or the same character.</summary>
    Letter,

    /// <summary>Left out; the word goes on.</summary>
    Dropped,

    /// <summary>Ends a word.</summary>
    Space,

    /// <summary>A word of its own: punctuation, or a Chinese character.</summary>
    Alone,

    /// <summary>Several characters.</summary>
    Several,
}
