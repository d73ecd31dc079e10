using System.Buffers;
using System.Text;
using Scoring.Bench.Measuring;
using Scoring.Features.Text;

namespace Scoring.Tests.Features.Text.WordPiece;

/// <summary>
/// Holds a tokenizer to npm's. One difference is meant: npm looks for Chinese characters among UTF-16 units, and so never finds those beyond U+FFFF, which
/// BERT's own tokenizer, and ours, make words. A text with such characters must have npm's ids once they stand apart.
/// </summary>
internal sealed class PeerComparison(ITextTokenizer ours, TokenizerPeer npm, bool splitsIdeographs)
{
    private readonly long[] room = new long[ours.MaxTokens];

    /// <summary>Texts whose ids are npm's.</summary>
    public int Equal { get; private set; }

    /// <summary>Texts whose ids are npm's when ideographs beyond U+FFFF stand apart.</summary>
    public int Explained { get; private set; }

    /// <summary>Compares texts; throws on a difference that is not explained.</summary>
    public void Check(IReadOnlyList<string> texts)
    {
        var theirs = npm.Tokenize(texts);
        var others = new List<int>();
        for (var index = 0; index < texts.Count; index++)
        {
            if (Ids(texts[index]).AsSpan().SequenceEqual(theirs[index].Ids))
            {
                Equal++;
            }
            else
            {
                others.Add(index);
            }
        }

        var apart = npm.Tokenize([.. others.Select(index => Apart(texts[index]))]);
        foreach (var (index, (ids, _)) in others.Zip(apart))
        {
            var ours = Ids(texts[index]);
            Assert.True(splitsIdeographs && Apart(texts[index]) != texts[index] && ours.AsSpan().SequenceEqual(ids), Difference(texts[index], ours, theirs[index].Ids));
            Explained++;
        }
    }

    /// <summary>Compares pairs of texts, with their types.</summary>
    public void CheckPairs(IReadOnlyList<string> texts, IReadOnlyList<string> seconds)
    {
        var theirs = npm.Tokenize(texts, seconds);
        for (var index = 0; index < texts.Count; index++)
        {
            var count = ours.TokenizePair(Utf8(texts[index]), Utf8(seconds[index]), room, out var secondStart, out _);
            Assert.Equal(theirs[index].Ids, room[..count]);
            Assert.Equal(theirs[index].Types, Enumerable.Range(0, count).Select(position => position < secondStart ? 0 : 1));
            Equal++;
        }
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private long[] Ids(string text)
    {
        var count = ours.Tokenize(Utf8(text), room, out var truncated);
        Assert.False(truncated);
        return room[..count];
    }

    private static string Apart(string text)
    {
        var apart = new StringBuilder();
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var status = Rune.DecodeFromUtf16(rest, out var rune, out var consumed);
            var isIdeograph = status == OperationStatus.Done && rune.Value is (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2CEAF) or (>= 0x2F800 and <= 0x2FA1F);
            apart.Append(isIdeograph ? " " : "").Append(rest[..consumed]).Append(isIdeograph ? " " : "");
            rest = rest[consumed..];
        }

        return apart.ToString();
    }

    private static string Difference(string text, long[] ours, long[] theirs)
        => $"{string.Join(' ', text.Select(unit => $"{(int)unit:X4}"))}: ours {string.Join(' ', ours)}, npm's {string.Join(' ', theirs)}";
}
