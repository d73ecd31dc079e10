using System.Runtime.CompilerServices;
using System.Text;
using Scoring.Configuration;

namespace Scoring.Features.Text;

/// <summary>
/// Finds the terms of a text in one pass over its UTF-8 bytes, without allocating. For each word in turn: the word, the word n-grams that it ends
/// (shorter first), its character n-grams (by start, shorter first). Thread safe.
/// </summary>
public static class TermScanner
{
    /// <summary>What tells one word from another: bytes of a longer word beyond these are passed over.</summary>
    public const int MaxWordBytes = 256;

    /// <summary>Hands every term to <paramref name="sink"/>, until the text ends or the sink has enough.</summary>
    [SkipLocalsInit]
    public static void Scan<TSink>(ReadOnlySpan<byte> text, WordsConfig config, ref TSink sink)
        where TSink : struct, ITermSink, allows ref struct
    {
        var lowerAscii = WordBytes.Table(config.Lowercase);

        // The last words of the text, each after one space, and the n-grams that end at the last of them: [0] is the word itself.
        var size = config.WordNgrams;
        Span<byte> window = stackalloc byte[(size * (MaxWordBytes + 1)) + 1];
        Span<int> starts = stackalloc int[WordsConfig.MaxNgram];
        Span<ulong> hashes = stackalloc ulong[WordsConfig.MaxNgram];
        int words = 0, length = 0, position = 0;

        while (SkipSeparators(text, ref position, lowerAscii))
        {
            // 1. Make room: the oldest word leaves the window.
            if (words == size)
            {
                var drop = size == 1 ? length : starts[1] - 1;
                window[drop..length].CopyTo(window);
                length -= drop;
                words--;
                for (var word = 0; word < words; word++)
                {
                    starts[word] = starts[word + 1] - drop;
                }
            }

            // 2. Copy the word, lower-cased, and hash it on the way.
            window[length++] = (byte)' ';
            starts[words++] = length;
            length = CopyWord(text, ref position, window, length, lowerAscii, config.Lowercase, out var hash);

            // 3. The word and the n-grams that end with it.
            for (var count = words - 1; count > 0; count--)
            {
                hashes[count] = TermHash.Join(hashes[count - 1], hash);
            }

            hashes[0] = hash;
            for (var count = 0; count < words; count++)
            {
                var kind = count == 0 ? TermKind.Word : TermKind.WordNgram;
                if (!sink.Add(hashes[count], kind, window[starts[words - 1 - count]..length]))
                {
                    return;
                }
            }

            // 4. Its character n-grams, between spaces.
            if (config.CharacterNgrams is { } range)
            {
                window[length] = (byte)' ';
                if (!AddCharacterNgrams(window[(starts[words - 1] - 1)..(length + 1)], range, ref sink))
                {
                    return;
                }
            }
        }
    }

    private static bool SkipSeparators(ReadOnlySpan<byte> text, ref int position, ReadOnlySpan<byte> lowerAscii)
    {
        while (position < text.Length)
        {
            var value = text[position];
            if (value < 0x80)
            {
                if (lowerAscii[value] != 0)
                {
                    return true;
                }

                position++;
            }
            else if (WordBytes.ReadRune(text[position..], out _, out var consumed))
            {
                return true;
            }
            else
            {
                position += consumed;
            }
        }

        return false;
    }

    private static int CopyWord(
        ReadOnlySpan<byte> text, ref int position, Span<byte> window, int length, ReadOnlySpan<byte> lowerAscii, bool lowercase, out ulong hash)
    {
        var end = length + MaxWordBytes;
        var running = TermHash.WordBasis;
        while (position < text.Length)
        {
            var value = text[position];
            if (value < 0x80)
            {
                var lower = lowerAscii[value];
                if (lower == 0)
                {
                    break;
                }

                position++;
                if (length < end)
                {
                    window[length++] = lower;
                    running = TermHash.Append(running, lower);
                }

                continue;
            }

            if (!WordBytes.ReadRune(text[position..], out var rune, out var consumed))
            {
                break;
            }

            position += consumed;
            rune = lowercase ? Rune.ToLowerInvariant(rune) : rune;
            if (length + rune.Utf8SequenceLength <= end)
            {
                var written = rune.EncodeToUtf8(window[length..]);
                running = TermHash.Append(running, window.Slice(length, written));
                length += written;
            }
            else
            {
                // A character is never cut in half, and none after it is taken instead.
                end = length;
            }
        }

        hash = TermHash.Finish(running);
        return length;
    }

    private static bool AddCharacterNgrams<TSink>(scoped ReadOnlySpan<byte> word, CharacterNgrams range, ref TSink sink)
        where TSink : struct, ITermSink, allows ref struct
    {
        for (var start = 0; start < word.Length; start += WordBytes.SequenceLength(word[start]))
        {
            var running = TermHash.CharacterBasis;
            var end = start;
            for (var count = 1; count <= range.Max && end < word.Length; count++)
            {
                var next = end + WordBytes.SequenceLength(word[end]);
                running = TermHash.Append(running, word[end..next]);
                end = next;
                if (count >= range.Min && !sink.Add(TermHash.Finish(running), TermKind.CharacterNgram, word[start..end]))
                {
                    return false;
                }
            }
        }

        return true;
    }
}
