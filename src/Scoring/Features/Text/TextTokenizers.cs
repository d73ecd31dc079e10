using Scoring.Features.Text.WordPiece;

namespace Scoring.Features.Text;

/// <summary>The kinds of tokenizer.</summary>
internal static class TextTokenizers
{
    /// <summary>Makes the tokenizer that a configuration without faults asks for, its files read from a package's folder.</summary>
    /// <exception cref="InvalidDataException">A file holds what it should not; the place is named.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ITextTokenizer Load(TokenizerConfig config, string directory) => config switch
    {
        WordsConfig words => WordTokenizer.Load(words, directory),
        WordPieceConfig pieces => WordPieceTokenizer.Load(pieces, directory),
        _ => throw new NotSupportedException(config.GetType().Name),
    };
}
