using System.Buffers;
using System.Runtime.CompilerServices;
using Scoring.Configuration;

namespace Scoring.Features.Text.WordPiece;

/// <summary>
/// BERT's tokenizer: texts are cleaned, put into lower case and parted into words, words into the pieces of a vocabulary, longest first. Ids are those of the
/// reference implementations. Immutable and thread safe; allocates nothing per text.
/// </summary>
internal sealed class WordPieceTokenizer : ITextTokenizer
{
    private readonly PieceLookup lookup;
    private readonly TokenTemplate single;
    private readonly TokenTemplate pair;
    private readonly long[] before;
    private readonly long[] after;

    public WordPieceTokenizer(WordPieceModel model)
    {
        lookup = new PieceLookup(model);
        single = model.Single;
        pair = model.Pair;
        before = [.. single.Before.Select(id => (long)id)];
        after = [.. single.After.Select(id => (long)id)];
        MaxTokens = model.MaxTokens;
        PaddingId = model.PaddingId;
        IdCount = 1 + Math.Max(model.Pieces.Values.Max(), model.Specials.Select(special => special.Id).DefaultIfEmpty().Max());
    }

    private WordPieceTokenizer(WordPieceTokenizer other, int maxTokens)
    {
        lookup = other.lookup;
        single = other.single;
        pair = other.pair;
        before = other.before;
        after = other.after;
        MaxTokens = maxTokens;
        PaddingId = other.PaddingId;
        IdCount = other.IdCount;
    }

    public int MaxTokens { get; }

    public ReadOnlySpan<long> Before => before;

    public ReadOnlySpan<long> After => after;

    public int IdCount { get; }

    public long PaddingId { get; }

    public string Kind => $"WordPiece, {IdCount} ids, by the endpoint's own code";

    public bool TakesPairs => true;

    public ITextTokenizer WithRoom(int maxTokens) => new WordPieceTokenizer(this, maxTokens);

    /// <summary>Reads a vocab.txt.</summary>
    /// <exception cref="InvalidDataException">The file holds what it should not; all faults are named.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static WordPieceTokenizer Load(WordPieceConfig config, string directory)
    {
        var faults = new List<string>();
        return Make(VocabularyFile.Read(config, directory, faults), faults);
    }

    /// <summary>Reads a tokenizer.json.</summary>
    /// <param name="json">Its content.</param>
    /// <param name="maxTokens">Most ids of a text; null: what the file says.</param>
    /// <param name="usual">Most ids where nobody says.</param>
    /// <returns>Null where the file is of another kind than BERT's.</returns>
    /// <exception cref="InvalidDataException">It is BERT's, and holds what it should not; all faults are named.</exception>
    public static WordPieceTokenizer? Load(ReadOnlyMemory<byte> json, int? maxTokens, int usual)
    {
        var faults = new List<string>();
        var model = TokenizerFile.Read(json, maxTokens, usual, faults, out var isOther);
        return isOther ? null : Make(model, faults);
    }

    private static WordPieceTokenizer Make(WordPieceModel? model, List<string> faults)
    {
        if (model is not null && model.MaxTokens <= Math.Max(model.Single.Count, model.Pair.Count))
        {
            faults.Add($"maxTokens: found {model.MaxTokens}; expected more than the special tokens, {Math.Max(model.Single.Count, model.Pair.Count)}");
        }

        return model is not null && faults.Count == 0 ? new WordPieceTokenizer(model) : throw new InvalidDataException(string.Join("; ", faults));
    }

    public int Tokenize(ReadOnlySpan<byte> text, Span<long> ids, out bool truncated)
    {
        var room = Math.Max(0, ids.Length - single.Count);
        var end = TokenTemplate.Put(single.Before, ids, 0);
        end += Scan(text, ids.Slice(end, Math.Min(room, ids.Length - end)), out truncated);
        return TokenTemplate.Put(single.After, ids, end);
    }

    public int TokenizePair(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<long> ids, out int secondStart, out bool truncated)
    {
        var room = Math.Max(0, ids.Length - pair.Count);
        var rented = ArrayPool<long>.Shared.Rent(room);
        var start = TokenTemplate.Put(pair.Before, ids, 0);
        var firstCount = Scan(first, ids.Slice(start, Math.Min(room, ids.Length - start)), out var firstIsCut);
        var secondCount = Scan(second, rented.AsSpan(0, room), out var secondIsCut);
        truncated = firstIsCut || secondIsCut || firstCount + secondCount > room;
        (firstCount, secondCount) = TokenTemplate.Share(firstCount, secondCount, room);

        var between = start + firstCount;
        var end = TokenTemplate.Put(pair.Between, ids, between);
        rented.AsSpan(0, secondCount).CopyTo(ids[end..]);
        ArrayPool<long>.Shared.Return(rented);
        end = TokenTemplate.Put(pair.After, ids, end + secondCount);
        secondStart = pair.First is { } typed ? Math.Min(between + typed, end) : end;
        return end;
    }

    [SkipLocalsInit]
    private int Scan(ReadOnlySpan<byte> text, Span<long> ids, out bool truncated)
    {
        var scan = new PieceScan(lookup, text, ids, stackalloc byte[lookup.MaxWordBytes]);
        scan.Run();
        truncated = scan.IsTruncated;
        return scan.Count;
    }
}
