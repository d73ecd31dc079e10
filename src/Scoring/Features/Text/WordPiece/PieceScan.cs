using System.Text;

namespace Scoring.Features.Text.WordPiece;

/// <summary>One pass over a text: normalises it, parts it into words and writes the ids of their pieces, until the text or the room ends.</summary>
internal ref struct PieceScan
{
    private readonly PieceLookup lookup;
    private readonly ReadOnlySpan<byte> text;
    private readonly Span<long> ids;
    private readonly Span<byte> word;
    private int wordBytes;
    private int wordCharacters;

    /// <param name="lookup">The tokenizer's tables.</param>
    /// <param name="text">UTF-8; invalid bytes count as U+FFFD.</param>
    /// <param name="ids">Receives the ids.</param>
    /// <param name="word">Room for <see cref="PieceLookup.MaxWordBytes"/>.</param>
    public PieceScan(PieceLookup lookup, ReadOnlySpan<byte> text, Span<long> ids, Span<byte> word)
    {
        this.lookup = lookup;
        this.text = text;
        this.ids = ids;
        this.word = word;
    }

    /// <summary>Ids written.</summary>
    public int Count { get; private set; }

    /// <summary>Whether there were more.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Goes over the text.</summary>
    public void Run()
    {
        var plain = lookup.PlainLetters;
        var text = this.text;
        var position = 0;
        while (position < text.Length)
        {
            // 1. ASCII letters and digits, as nearly all are in most texts.
            if (plain[text[position]] != 0)
            {
                position += AppendPlain(text[position..], plain);
                continue;
            }

            // 2. A token that stands for itself.
            if (lookup.TryMatchSpecial(text[position..], out var special))
            {
                if (!EndWord() || !Add(special.Id))
                {
                    return;
                }

                position += special.Content.Length;
                continue;
            }

            // 3. Any other character.
            Rune.DecodeFromUtf8(text[position..], out var rune, out var consumed);
            if (!Take(lookup.Characters.Find(rune.Value, out var becomes), becomes))
            {
                return;
            }

            position += consumed;
        }

        EndWord();
    }

    private int AppendPlain(ReadOnlySpan<byte> rest, ReadOnlySpan<byte> plain)
    {
        var room = word[wordBytes..];
        var count = 0;
        for (; count < rest.Length && plain[rest[count]] is var letter && letter != 0; count++)
        {
            if (count < room.Length)
            {
                room[count] = letter;
            }
        }

        wordCharacters += count;
        wordBytes += Math.Min(count, room.Length);
        return count;
    }

    private bool Take(CharacterKind kind, int becomes)
    {
        switch (kind)
        {
            case CharacterKind.Letter:
                Append(becomes);
                return true;
            case CharacterKind.Dropped:
                return true;
            case CharacterKind.Space:
                return EndWord();
            case CharacterKind.Alone:
                if (!EndWord())
                {
                    return false;
                }

                Append(becomes);
                return EndWord();
            default:
                foreach (var part in lookup.Characters.Sequence(becomes))
                {
                    if (!Take(CharacterMap.Classify(part), part))
                    {
                        return false;
                    }
                }

                return true;
        }
    }

    private void Append(int point)
    {
        wordCharacters++;
        if (wordBytes + 4 > word.Length)
        {
            // Longer than the longest known word: that it goes on is all that counts.
            return;
        }

        // A surrogate has no UTF-8 and no map leads to one.
        wordBytes += new Rune(point).EncodeToUtf8(word[wordBytes..]);
    }

    private bool EndWord()
    {
        if (wordCharacters == 0)
        {
            return true;
        }

        var isKnown = wordCharacters <= lookup.MaxWordLength;
        var known = word[..wordBytes];
        wordBytes = wordCharacters = 0;
        if (Count == ids.Length)
        {
            IsTruncated = true;
            return false;
        }

        return isKnown ? AddPieces(known) : Add(lookup.UnknownId);
    }

    // The longest piece that the word begins with, then the longest that what is left goes on with; a word that cannot be made up so is unknown as a whole.
    private bool AddPieces(scoped ReadOnlySpan<byte> known)
    {
        var trie = lookup.Trie;
        var count = Count;
        for (var start = 0; start < known.Length;)
        {
            var node = start == 0 ? PieceTrie.Root : lookup.ContinuingRoot;
            var (id, end) = trie.Longest(node, known, start);
            if (id < 0)
            {
                return Add(lookup.UnknownId);
            }

            if (count < ids.Length)
            {
                ids[count] = id;
            }

            count++;
            start = end;
        }

        IsTruncated = count > ids.Length;
        Count = Math.Min(count, ids.Length);
        return !IsTruncated;
    }

    private bool Add(int id)
    {
        if (Count == ids.Length)
        {
            IsTruncated = true;
            return false;
        }

        ids[Count++] = id;
        return true;
    }
}
