namespace Scoring.Features.Text;

/// <summary>What a term is made of.</summary>
public enum TermKind
{
    /// <summary>One word.</summary>
    Word,

    /// <summary>Two words or more, one space between them.</summary>
    WordNgram,

    /// <summary>Characters within one word; a space stands for an end of the word.</summary>
    CharacterNgram,
}
