using System.Text;
using Scoring.Configuration;
using Scoring.Features.Text;

namespace ModelTool.Training.Fitting;

/// <summary>Counts in how many texts each term stands.</summary>
public sealed class VocabularyBuilder(WordsConfig config)
{
    private readonly Dictionary<ulong, (string Term, int Texts, int LastText)> terms = [];
    private int texts;

    public void Add(ReadOnlySpan<byte> text)
    {
        var sink = new CountingSink(terms, ++texts);
        TermScanner.Scan(text, config, ref sink);
    }

    /// <summary>The terms of most texts first, ties in ordinal order: at most <paramref name="size"/> of those in <paramref name="minTexts"/> texts or more.</summary>
    public List<(string Term, int Texts)> Select(int size, int minTexts) =>
    [
        .. terms.Values
            .Where(term => term.Texts >= minTexts)
            .OrderByDescending(term => term.Texts)
            .ThenBy(term => term.Term, StringComparer.Ordinal)
            .Take(size)
            .Select(term => (term.Term, term.Texts)),
    ];

    private readonly struct CountingSink(Dictionary<ulong, (string Term, int Texts, int LastText)> terms, int text) : ITermSink
    {
        public bool Add(ulong hash, TermKind kind, scoped ReadOnlySpan<byte> term)
        {
            if (!terms.TryGetValue(hash, out var known))
            {
                // As a vocabulary file writes it.
                terms.Add(hash, ((kind == TermKind.CharacterNgram ? "#" : "") + Encoding.UTF8.GetString(term), 1, text));
            }
            else if (known.LastText != text)
            {
                terms[hash] = (known.Term, known.Texts + 1, text);
            }

            return true;
        }
    }
}
