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

    public bool TakesPairs => true;

    public ITextTokenizer WithRoom(int maxTokens) => new WordPieceTokenizer(this, maxTokens);

    /// <summary>Reads the files that a configuration without faults names.</summary>
    /// <exception cref="InvalidDataException">A file holds what it should not; all faults are named.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static WordPieceTokenizer Load(WordPieceConfig config, string directory)
    {
        var faults = new List<string>();
        var model = config.IsTokenizerFile ? TokenizerFile.Read(config, directory, faults) : VocabularyFile.Read(config, directory, faults);
        if (model is not null && model.MaxTokens <= Math.Max(model.Single.Count, model.Pair.Count))
        {
            faults.Add($"maxTokens: found {model.MaxTokens}; expected more than the special tokens, {Math.Max(model.Single.Count, model.Pair.Count)}");
        }

        return model is not null && faults.Count == 0 ? new WordPieceTokenizer(model) : throw new InvalidDataException(string.Join("; ", faults));
    }

    public int Tokenize(ReadOnlySpan<byte> text, Span<long> ids, out bool truncated)
    {
        var room = Math.Max(0, ids.Length - single.Count);
        var end = Put(single.Before, ids, 0);
        end += Scan(text, ids.Slice(end, Math.Min(room, ids.Length - end)), out truncated);
        return Put(single.After, ids, end);
    }

    public int TokenizePair(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<long> ids, out int secondStart, out bool truncated)
    {
        var room = Math.Max(0, ids.Length - pair.Count);
        var rented = ArrayPool<long>.Shared.Rent(room);
        var start = Put(pair.Before, ids, 0);
        var firstCount = Scan(first, ids.Slice(start, Math.Min(room, ids.Length - start)), out var firstIsCut);
        var secondCount = Scan(second, rented.AsSpan(0, room), out var secondIsCut);
        truncated = firstIsCut || secondIsCut || firstCount + secondCount > room;
        (firstCount, secondCount) = Share(firstCount, secondCount, room);

        var between = start + firstCount;
        var end = Put(pair.Between, ids, between);
        rented.AsSpan(0, secondCount).CopyTo(ids[end..]);
        ArrayPool<long>.Shared.Return(rented);
        end = Put(pair.After, ids, end + secondCount);
        secondStart = pair.First is { } typed ? Math.Min(between + typed, end) : end;
        return end;
    }

    // The longer text loses first, until both are equally long.
    private static (int First, int Second) Share(int first, int second, int room)
    {
        if (first + second <= room)
        {
            return (first, second);
        }

        var least = room / 2;
        return first <= second
            ? (Math.Min(first, least), room - Math.Min(first, least))
            : (room - Math.Min(second, least), Math.Min(second, least));
    }

    [SkipLocalsInit]
    private int Scan(ReadOnlySpan<byte> text, Span<long> ids, out bool truncated)
    {
        var scan = new PieceScan(lookup, text, ids, stackalloc byte[lookup.MaxWordBytes]);
        scan.Run();
        truncated = scan.IsTruncated;
        return scan.Count;
    }

    // A model's fixed width may be less than the special tokens need.
    private static int Put(int[] special, Span<long> ids, int end)
    {
        foreach (var id in special)
        {
            if (end < ids.Length)
            {
                ids[end++] = id;
            }
        }

        return end;
    }
}
