using System.Text;
using Scoring.Configuration;

namespace Scoring.Features.Text.WordPiece;

/// <summary>Reads a <c>vocab.txt</c>: one piece a line, its id the index of the line from 0; of two alike the later counts.</summary>
internal static class VocabularyFile
{
    private const string Unknown = "[UNK]";
    private const string Start = "[CLS]";
    private const string Separator = "[SEP]";
    private const string Padding = "[PAD]";
    private const string Mask = "[MASK]";

    /// <summary>Null when a fault was added.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static WordPieceModel? Read(WordPieceConfig config, string directory, List<string> faults)
    {
        var lines = File.ReadAllLines(Path.Combine(directory, config.Vocabulary!));
        var pieces = new Dictionary<string, int>(lines.Length, StringComparer.Ordinal);
        for (var line = 0; line < lines.Length; line++)
        {
            if (lines[line].Length > 0)
            {
                pieces[lines[line]] = line;
            }
        }

        foreach (var missing in new[] { Unknown, Start, Separator }.Where(token => !pieces.ContainsKey(token)))
        {
            faults.Add($"found no '{missing}' among its {pieces.Count} lines; expected it");
        }

        if (faults.Count > 0)
        {
            return null;
        }

        var lowercase = config.Lowercase ?? true;
        return new WordPieceModel
        {
            Pieces = pieces,
            ContinuingPrefix = "##",
            UnknownId = pieces[Unknown],
            MaxWordLength = 100,
            Rules = new CharacterRules(config.CleanText ?? true, config.SplitIdeographs ?? true, lowercase, config.StripAccents ?? lowercase),
            Specials = [.. new[] { Unknown, Start, Separator, Padding, Mask }.Where(pieces.ContainsKey).Select(token => new SpecialToken(Encoding.UTF8.GetBytes(token), pieces[token]))],
            Single = new TokenTemplate([pieces[Start]], [], [pieces[Separator]], First: null),
            Pair = new TokenTemplate([pieces[Start]], [pieces[Separator]], [pieces[Separator]], First: 1),
            PaddingId = pieces.GetValueOrDefault(Padding),
            MaxTokens = config.MaxTokens ?? WordPieceConfig.UsualMaxTokens,
        };
    }
}
