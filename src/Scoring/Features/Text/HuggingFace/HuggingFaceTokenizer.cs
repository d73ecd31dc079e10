using System.Text;
using Scoring.Features.Text.WordPiece;

namespace Scoring.Features.Text.HuggingFace;

/// <summary>
/// Any tokenizer.json: the ids of texts by Hugging Face's library, what stands around them and how they are cut by rules that all tokenizers here share.
/// Immutable and thread safe. A text costs the library's memory and a string.
/// </summary>
internal sealed class HuggingFaceTokenizer : ITextTokenizer, IDisposable
{
    // Ids at the end of a text that was read in part, which its rest might change.
    private const int Margin = 64;

    // Of most languages a token has fewer.
    private const int UsualTokenBytes = 8;

    // What a text has beyond both is cut, whatever ids it gave: white space without end, or one unknown word.
    private const int MaxTextBytes = 256 << 10;
    private const int MaxTokenBytes = 64;

    private readonly NativeTokenizer native;
    private readonly TokenTemplate single;
    private readonly TokenTemplate pair;
    private readonly long[] before;
    private readonly long[] after;
    private readonly bool cutsLeft;

    private HuggingFaceTokenizer(NativeTokenizer native, TokenizerDocument document, int maxTokens)
    {
        this.native = native;
        single = document.Single;
        pair = document.Pair;
        before = [.. single.Before.Select(id => (long)id)];
        after = [.. single.After.Select(id => (long)id)];
        cutsLeft = document.CutsLeft;
        MaxTokens = maxTokens;
        IdCount = document.IdCount;
        PaddingId = document.PaddingId;
        Kind = $"{document.Kind}, {IdCount} ids, by Hugging Face's tokenizers";
    }

    private HuggingFaceTokenizer(HuggingFaceTokenizer other, int maxTokens)
    {
        (native, single, pair, before, after, cutsLeft) = (other.native, other.single, other.pair, other.before, other.after, other.cutsLeft);
        (MaxTokens, IdCount, PaddingId, Kind) = (maxTokens, other.IdCount, other.PaddingId, other.Kind);
    }

    public int MaxTokens { get; }

    public int IdCount { get; }

    public long PaddingId { get; }

    public string Kind { get; }

    public ReadOnlySpan<long> Before => before;

    public ReadOnlySpan<long> After => after;

    public bool TakesPairs => true;

    /// <summary>Loads a tokenizer.json.</summary>
    /// <param name="json">Its content.</param>
    /// <param name="maxTokens">Most ids of a text; null: what the file says, otherwise the settings.</param>
    /// <param name="settings">What stands beside it.</param>
    /// <exception cref="InvalidDataException">It holds what it should not, or the library is not there.</exception>
    public static HuggingFaceTokenizer Load(ReadOnlyMemory<byte> json, int? maxTokens, TokenizerSettings settings)
    {
        using var document = new TokenizerDocument(json, settings);
        var most = maxTokens ?? document.MaxTokens ?? settings.UsualMaxTokens;
        var special = Math.Max(document.Single.Count, document.Pair.Count);
        return most > special
            ? new HuggingFaceTokenizer(NativeTokenizer.Load(document), document, most)
            : throw new InvalidDataException($"maxTokens: found {most}; expected more than the special tokens, {special}");
    }

    public ITextTokenizer WithRoom(int maxTokens) => new HuggingFaceTokenizer(this, maxTokens);

    public int Tokenize(ReadOnlySpan<byte> text, Span<long> ids, out bool truncated)
    {
        var room = Math.Max(0, ids.Length - single.Count);
        var end = TokenTemplate.Put(single.Before, ids, 0);
        var content = Encode(text, room, out truncated);
        end += Take(content, ids.Slice(end, Math.Min(room, ids.Length - end)));
        return TokenTemplate.Put(single.After, ids, end);
    }

    public int TokenizePair(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<long> ids, out int secondStart, out bool truncated)
    {
        var room = Math.Max(0, ids.Length - pair.Count);
        var firstIds = Encode(first, room, out var firstIsCut);
        var secondIds = Encode(second, room, out var secondIsCut);
        truncated = firstIsCut || secondIsCut || firstIds.Length + secondIds.Length > room;
        var (firstCount, secondCount) = TokenTemplate.Share(firstIds.Length, secondIds.Length, room);

        var start = TokenTemplate.Put(pair.Before, ids, 0);
        var between = start + Take(firstIds, ids.Slice(start, Math.Min(firstCount, ids.Length - start)));
        var end = TokenTemplate.Put(pair.Between, ids, between);
        end += Take(secondIds, ids.Slice(end, Math.Min(secondCount, ids.Length - end)));
        end = TokenTemplate.Put(pair.After, ids, end);
        secondStart = pair.First is { } typed ? Math.Min(between + typed, end) : end;
        return end;
    }

    public void Dispose() => native.Dispose();

    // The ids of a text: all, or at least as many as there is room for. Of a long text as much is read as gives these, and some more, since the library
    // reads all that it is given, in time and memory that grow with it: some hundred bytes for each.
    private ReadOnlySpan<uint> Encode(ReadOnlySpan<byte> text, int room, out bool truncated)
    {
        var limit = (int)Math.Min(int.MaxValue, Math.Max(MaxTextBytes, MaxTokenBytes * (long)room));
        for (var most = (int)Math.Min(limit, Math.Max(2048, UsualTokenBytes * ((long)room + Margin))); ; most = (int)Math.Min(limit, 4L * most))
        {
            var isWhole = text.Length <= most;
            var part = isWhole ? text : cutsLeft ? text[TextCut.Start(text, text.Length - most)..] : text[..TextCut.End(text, most)];
            var ids = native.Encode(Encoding.UTF8.GetString(part));
            if (isWhole || ids.Length >= room + Margin || most == limit)
            {
                truncated = !isWhole || ids.Length > room;
                return Kept(ids, room);
            }
        }
    }

    private ReadOnlySpan<uint> Kept(uint[] ids, int room)
        => ids.Length <= room ? ids : cutsLeft ? ids.AsSpan(ids.Length - room) : ids.AsSpan(0, room);

    private int Take(ReadOnlySpan<uint> content, Span<long> ids)
    {
        var count = Math.Min(content.Length, ids.Length);
        var from = cutsLeft ? content[(content.Length - count)..] : content[..count];
        for (var index = 0; index < count; index++)
        {
            ids[index] = from[index];
        }

        return count;
    }
}
