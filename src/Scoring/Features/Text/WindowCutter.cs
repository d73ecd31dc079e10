using Scoring.Configuration;
using Scoring.Inference.Buffers;

namespace Scoring.Features.Text;

/// <summary>Parts a text's ids into windows, each between the special ids that one text stands between. Immutable; thread safe.</summary>
/// <param name="tokenizer">Has room for all windows' ids, and for special ids once.</param>
/// <param name="room">Ids of a window, special ones included.</param>
/// <param name="overlap">Ids that a window repeats.</param>
internal sealed class WindowCutter(ITextTokenizer tokenizer, int room, int overlap)
{
    private int Content => room - tokenizer.Before.Length - tokenizer.After.Length;

    /// <summary>The ids that so many windows hold of one text, and special ids once.</summary>
    public static int Room(ITextTokenizer tokenizer, int room, TextWindows windows)
    {
        var special = tokenizer.Before.Length + tokenizer.After.Length;
        return checked(room + ((windows.MaxCount - 1) * (room - special - windows.Overlap)));
    }

    /// <summary>Writes a text as the row being written.</summary>
    public void Write(ReadOnlySpan<byte> text, TokenBuffer buffer)
    {
        // 1. All of its ids, with the special ones around them.
        var scratch = System.Buffers.ArrayPool<long>.Shared.Rent(tokenizer.MaxTokens);
        var count = tokenizer.Tokenize(text, scratch.AsSpan(0, tokenizer.MaxTokens), out var truncated);
        var content = scratch.AsSpan(tokenizer.Before.Length, count - tokenizer.Before.Length - tokenizer.After.Length);

        // 2. Window by window.
        buffer.Begin();
        var start = 0;
        do
        {
            var part = content.Slice(start, Math.Min(Content, content.Length - start));
            var ids = buffer.Extend(tokenizer.Before.Length + part.Length + tokenizer.After.Length);
            tokenizer.Before.CopyTo(ids);
            part.CopyTo(ids[tokenizer.Before.Length..]);
            tokenizer.After.CopyTo(ids[(tokenizer.Before.Length + part.Length)..]);
            start += Content - overlap;
        }
        while (start + overlap < content.Length);

        buffer.End(truncated);
        System.Buffers.ArrayPool<long>.Shared.Return(scratch);
    }
}
