namespace Scoring.Features.Text.WordPiece;

/// <summary>How BERT's normaliser treats characters, each before the next.</summary>
/// <param name="CleanText">Drop control, format and private characters, NUL and U+FFFD; make any white space a space.</param>
/// <param name="SplitIdeographs">Make each Chinese character a word.</param>
/// <param name="Lowercase">Put letters into lower case.</param>
/// <param name="StripAccents">Take accents off letters, and other nonspacing marks.</param>
internal sealed record CharacterRules(bool CleanText, bool SplitIdeographs, bool Lowercase, bool StripAccents);
