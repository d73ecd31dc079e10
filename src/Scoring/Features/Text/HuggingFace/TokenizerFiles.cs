using Scoring.Features.Text.WordPiece;

namespace Scoring.Features.Text.HuggingFace;

/// <summary>The files that a tokenizer may be written in, brought to the form of a tokenizer.json, and whose code serves it.</summary>
internal static class TokenizerFiles
{
    /// <summary>All files that a tokenizer's ids depend on; some may not be there.</summary>
    public static IReadOnlyList<string> Of(string vocabulary) => [vocabulary, TokenizerSettings.FileName];

    /// <summary>Loads a tokenizer: BERT's by the code of <see cref="WordPiece"/>, any other by Hugging Face's library.</summary>
    /// <param name="vocabulary">A file of the package.</param>
    /// <param name="family">Whose tokenizer it is, where it is no tokenizer.json.</param>
    /// <param name="maxTokens">Most ids of a text; null: what the files say.</param>
    /// <param name="directory">The package's folder.</param>
    /// <exception cref="InvalidDataException">A file holds what it should not; all faults are named.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ITextTokenizer Load(string vocabulary, string? family, int? maxTokens, string directory)
    {
        var settings = TokenizerSettings.Read(directory);
        var json = File.ReadAllBytes(Path.Combine(directory, vocabulary));
        return WordPieceTokenizer.Load(json, maxTokens, settings.UsualMaxTokens) ?? (ITextTokenizer)HuggingFaceTokenizer.Load(json, maxTokens, settings);
    }
}
