namespace Scoring.Features.Text.HuggingFace;

/// <summary>What a piece of SentencePiece is, by its number in the file.</summary>
internal enum SentencePieceType
{
    /// <summary>Made of text.</summary>
    Normal = 1,

    /// <summary>Stands for what no piece holds.</summary>
    Unknown = 2,

    /// <summary>Never made of text: begin, end, padding.</summary>
    Control = 3,

    /// <summary>Found in a text before all else.</summary>
    UserDefined = 4,

    /// <summary>Never used.</summary>
    Unused = 5,

    /// <summary>One byte.</summary>
    Byte = 6,
}
