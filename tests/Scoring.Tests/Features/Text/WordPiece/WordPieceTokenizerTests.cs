using System.Text;
using Scoring.Configuration;
using Scoring.Features.Text;
using Scoring.Features.Text.WordPiece;

namespace Scoring.Tests.Features.Text.WordPiece;

public sealed class WordPieceTokenizerTests : IDisposable
{
    private static readonly WordPieceConfig Usual = new();
    private static readonly string[] Pieces = ["free", "edit", "##or", "##s", "cafe", "café", "οσ", "σ", "##ς", "中", "文", "!", ".", "i", "ᄀ", "##ᅡ", "[", "]", "sep"];

    private readonly PieceFiles files = new();
    private readonly long[] ids = new long[512];

    [Theory]
    [InlineData("", "")]
    [InlineData("free editors", "free edit ##or ##s")]
    [InlineData("Free EDITOR!", "free edit ##or !")]
    [InlineData("editfree", "[UNK]")]
    [InlineData("free unknown free", "free [UNK] free")]
    [InlineData("café Cafe\u0301 CAFÉ", "cafe cafe cafe")]
    [InlineData("fr\0ee fr\u00ADee fr\uFFFDee", "free free free")]
    [InlineData("free\tfree\nfree\u00A0free\u3000free", "free free free free free")]
    [InlineData("中文free", "中 文 free")]
    [InlineData("ΟΣ Σ ΟΣ.", "οσ σ οσ .")]
    [InlineData("가", "ᄀ ##ᅡ")]
    [InlineData("İ", "i")]
    [InlineData("\u0301", "")]
    [InlineData("\u202Efree\u202C", "free")]
    [InlineData("🙂 free", "[UNK] free")]
    [InlineData("free[SEP]free", "free [SEP] free")]
    [InlineData("[sep]", "[ sep ]")]
    [InlineData("[CLS", "[ [UNK]")]
    public void Tokenize_Text_GivesItsPieces(string text, string pieces)
    {
        var tokenizer = files.Text(Usual, Pieces);

        Assert.Equal($"[CLS] {pieces} [SEP]".Replace("  ", " ", StringComparison.Ordinal), Written(tokenizer, text));
    }

    [Theory]
    [InlineData(true, null, "cafe")]
    [InlineData(true, false, "café")]
    [InlineData(false, null, "café")]
    [InlineData(false, true, "cafe")]
    public void Tokenize_StripAccents_FollowsLowercaseUnlessSaid(bool lowercase, bool? strip, string piece)
    {
        var tokenizer = files.Text(Usual with { Lowercase = lowercase, StripAccents = strip }, Pieces);

        Assert.Equal($"[CLS] {piece} [SEP]", Written(tokenizer, "café"));
    }

    [Fact]
    public void Tokenize_WordOfOverHundredCharacters_IsUnknown()
    {
        var tokenizer = files.Text(Usual, ["a", "##a"]);

        Assert.Equal(102, tokenizer.Tokenize(Encoding.UTF8.GetBytes(new string('a', 100)), ids, out _));
        Assert.Equal("[CLS] [UNK] [SEP]", Written(tokenizer, new string('a', 101)));
        Assert.Equal("[CLS] [UNK] [SEP]", Written(tokenizer, string.Concat(Enumerable.Repeat("😀", 200_000))));
    }

    [Theory]
    [InlineData("free free", 4, false)]
    [InlineData("free free ", 4, false)]
    [InlineData("free free free", 4, true)]
    [InlineData("free editor", 4, true)]
    [InlineData("free free [SEP]", 4, true)]
    public void Tokenize_MoreThanItMayHave_IsCutBeforeTheLastSpecialToken(string text, int count, bool truncated)
    {
        var tokenizer = files.Text(Usual with { MaxTokens = 4 }, Pieces);

        Assert.Equal(count, tokenizer.Tokenize(Encoding.UTF8.GetBytes(text), ids.AsSpan(0, 4), out var isCut));
        Assert.Equal(3, ids[3]);
        Assert.Equal(truncated, isCut);
    }

    [Theory]
    [InlineData("free", "free free free free free free", "[CLS] free [SEP] free free free [SEP]", 3)]
    [InlineData("free free free free free free", "free", "[CLS] free free free [SEP] free [SEP]", 5)]
    [InlineData("free free free free free free", "! ! ! !", "[CLS] free free [SEP] ! ! [SEP]", 4)]
    [InlineData("free", "!", "[CLS] free [SEP] ! [SEP]", 3)]
    [InlineData("", "", "[CLS] [SEP] [SEP]", 2)]
    public void TokenizePair_TwoTexts_TheLongerLosesFirst(string first, string second, string pieces, int start)
    {
        var tokenizer = files.Text(Usual with { MaxTokens = 7 }, Pieces);

        var count = tokenizer.TokenizePair(Encoding.UTF8.GetBytes(first), Encoding.UTF8.GetBytes(second), ids.AsSpan(0, 7), out var secondStart, out _);

        Assert.Equal(pieces, Names(ids[..count]));
        Assert.Equal(start, secondStart);
    }

    [Fact]
    public void Tokenize_NoUtf8_IsLikeReplacementCharacters()
    {
        var tokenizer = files.Text(Usual, Pieces);
        byte[] text = [.. "fr"u8, 0xFF, 0xC3, .. "ee"u8, 0xE2, 0x82];

        var count = tokenizer.Tokenize(text, ids, out _);

        Assert.Equal("[CLS] free [SEP]", Names(ids[..count]));
    }

    [Fact]
    public void Tokenize_AnyText_AllocatesNothing()
    {
        var tokenizer = files.Text(Usual, Pieces);
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("Free café ΟΣ 中文 각 unknown [SEP] 🙂! ", 10)));
        tokenizer.Tokenize(text, ids, out _);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var call = 0; call < 100; call++)
        {
            tokenizer.Tokenize(text, ids, out _);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    public void Dispose() => files.Dispose();

    private string Written(WordPieceTokenizer tokenizer, string text) => Names(ids[..tokenizer.Tokenize(Encoding.UTF8.GetBytes(text), ids, out _)]);

    private static string Names(IEnumerable<long> ids) => string.Join(' ', ids.Select(id => PieceFiles.Specials.Concat(Pieces).ElementAt((int)id)));
}
