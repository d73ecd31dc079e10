using System.IO.Hashing;
using System.Text;
using Scoring.Configuration;
using Scoring.Features.Text.Caching;
using Scoring.Features.Text.HuggingFace;
using Scoring.Features.Text.WordPiece;

namespace Scoring.Features.Text;

/// <summary>The kinds of tokenizer.</summary>
internal static class TextTokenizers
{
    /// <summary>Makes the tokenizer that a configuration without faults asks for, its files read from a package's folder.</summary>
    /// <param name="config">What is asked for.</param>
    /// <param name="directory">The package's folder.</param>
    /// <param name="cache">Remembers texts; null to tokenize each time.</param>
    /// <exception cref="InvalidDataException">A file holds what it should not; the place is named.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ITextTokenizer Load(TokenizerConfig config, string directory, TokenCache? cache = null)
    {
        if (config.Vocabulary is { } vocabulary && BoundedFile.Excess(Path.Combine(directory, vocabulary), BoundedFile.MaxVocabulary) is { } excess)
        {
            throw new InvalidDataException(excess);
        }

        ITextTokenizer tokenizer = config switch
        {
            WordsConfig words => WordTokenizer.Load(words, directory),
            WordPieceConfig { IsTokenizerFile: false } pieces => WordPieceTokenizer.Load(pieces, directory),
            WordPieceConfig pieces => TokenizerFiles.Load(pieces.Vocabulary!, family: null, pieces.MaxTokens, directory),
            HuggingFaceConfig any => TokenizerFiles.Load(any.Vocabulary!, any.Family, any.MaxTokens, directory),
            _ => throw new NotSupportedException(config.GetType().Name),
        };
        return cache is null ? tokenizer : new CachedTokenizer(tokenizer, Identity(config, directory), cache, new CacheWorth(), TimeProvider.System);
    }

    // Everything that ids depend on: the configuration and the content of the tokenizer's files.
    private static UInt128 Identity(TokenizerConfig config, string directory)
    {
        var hash = new XxHash128();
        hash.Append(Encoding.UTF8.GetBytes(config.ToString()));
        foreach (var file in config.Vocabulary is { } vocabulary ? TokenizerFiles.Of(vocabulary) : [])
        {
            var path = Path.Combine(directory, file);
            hash.Append(File.Exists(path) ? File.ReadAllBytes(path) : []);
        }

        return hash.GetCurrentHashAsUInt128();
    }
}
