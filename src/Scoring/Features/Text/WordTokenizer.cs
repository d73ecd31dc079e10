using System.Text;
using Scoring.Configuration;

namespace Scoring.Features.Text;

/// <summary>
/// Texts → token ids, by a vocabulary, by hash, or both (<see cref="WordsConfig"/>). Trainer and server use this one, so that a text gets the same ids
/// in both. Immutable and thread safe; <see cref="Tokenize"/> allocates nothing.
/// </summary>
public sealed class WordTokenizer : ITextTokenizer
{
    private readonly WordsConfig config;
    private readonly TermTable table;
    private readonly int vocabularySize;

    /// <param name="config">Its <see cref="TokenizerConfig.Vocabulary"/> is not read; <paramref name="vocabulary"/> holds the terms.</param>
    /// <param name="vocabulary">Terms in order of their ids, from 1.</param>
    /// <exception cref="ArgumentException">The configuration has faults; all are named.</exception>
    /// <exception cref="InvalidDataException">A term is empty or stands twice; its line is named.</exception>
    public WordTokenizer(WordsConfig config, IReadOnlyList<string> vocabulary)
    {
        var faults = config.Faults().ToArray();
        if (faults.Length > 0)
        {
            throw new ArgumentException("The tokenizer cannot be used: " + string.Join("; ", faults) + ".", nameof(config));
        }

        this.config = config;
        vocabularySize = vocabulary.Count;
        table = new TermTable(vocabulary.Count);
        for (var line = 1; line <= vocabulary.Count; line++)
        {
            var term = vocabulary[line - 1];
            if (term.Length == 0 || !table.TryAdd(TermHash.Of(Encoding.UTF8.GetBytes(term)), line))
            {
                throw new InvalidDataException($"Vocabulary line {line}: found '{term}', expected a term that no earlier line holds.");
            }
        }
    }

    private WordTokenizer(WordTokenizer other, WordsConfig config)
    {
        this.config = config;
        table = other.table;
        vocabularySize = other.vocabularySize;
    }

    /// <summary>How many ids there are, the padding 0 among them: each id is below.</summary>
    public int IdCount => 1 + vocabularySize + config.Buckets;

    /// <summary>Ids per text at most.</summary>
    public int MaxTokens => config.MaxTokens;

    /// <summary>Reads the vocabulary file that the configuration names, if any, from a package's folder.</summary>
    /// <exception cref="ArgumentException">The configuration has faults; all are named.</exception>
    /// <exception cref="InvalidDataException">A line of the vocabulary is empty or stands twice.</exception>
    /// <exception cref="IOException">The vocabulary cannot be read.</exception>
    public static WordTokenizer Load(WordsConfig config, string directory) => new(
        config,
        config.Vocabulary is { } file ? File.ReadAllLines(Path.Combine(directory, file)) : []);

    /// <summary>Writes the ids of a text's terms in the order of <see cref="TermScanner"/> and returns how many there are.</summary>
    /// <param name="text">UTF-8; invalid bytes separate words.</param>
    /// <param name="ids">Where they go; room for <see cref="MaxTokens"/> never cuts more than the configuration does.</param>
    /// <param name="truncated">Whether terms were left out for lack of room.</param>
    public int Tokenize(ReadOnlySpan<byte> text, Span<long> ids, out bool truncated)
    {
        var sink = new IdSink(table, vocabularySize, config.Buckets, ids[..Math.Min(ids.Length, config.MaxTokens)]);
        TermScanner.Scan(text, config, ref sink);
        truncated = sink.Truncated;
        return sink.Count;
    }

    string ITextTokenizer.Kind => $"words, {IdCount} ids, by the endpoint's own code";

    long ITextTokenizer.PaddingId => 0;

    ReadOnlySpan<long> ITextTokenizer.Before => [];

    ReadOnlySpan<long> ITextTokenizer.After => [];

    ITextTokenizer ITextTokenizer.WithRoom(int maxTokens) => new WordTokenizer(this, config with { MaxTokens = maxTokens });

    bool ITextTokenizer.TakesPairs => false;

    int ITextTokenizer.TokenizePair(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<long> ids, out int secondStart, out bool truncated)
        => throw new NotSupportedException("Words are taken from one text.");

    private ref struct IdSink(TermTable table, int vocabularySize, int buckets, Span<long> ids) : ITermSink
    {
        private readonly Span<long> ids = ids;

        public int Count { get; private set; }

        public bool Truncated { get; private set; }

        public bool Add(ulong hash, TermKind kind, scoped ReadOnlySpan<byte> term)
        {
            long id = table.Find(hash);
            if (id == 0)
            {
                if (buckets == 0)
                {
                    return true;
                }

                id = 1 + vocabularySize + (long)Math.BigMul(hash, (ulong)buckets, out _);
            }

            if (Count == ids.Length)
            {
                Truncated = true;
                return false;
            }

            ids[Count++] = id;
            return true;
        }
    }
}
