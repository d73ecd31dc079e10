namespace Scoring.Features.Text;

/// <summary>
/// 64-bit identity of a term: FNV-1a over the UTF-8 bytes of a word or a character n-gram (with separate offsets, so that the two never meet by
/// construction), and a mix of the words' hashes for a word n-gram, so that no n-gram has to be spelled out to be looked up.
/// Not keyed: whoever knows it can make two terms collide, which costs such a text its own meaning and nobody else's.
/// </summary>
internal static class TermHash
{
    /// <summary>FNV's 64-bit offset basis (http://www.isthe.com/chongo/tech/comp/fnv/), for words.</summary>
    public const ulong WordBasis = 0xCBF29CE484222325;

    /// <summary>Its complement, for character n-grams.</summary>
    public const ulong CharacterBasis = ~WordBasis;

    private const ulong Prime = 0x00000100000001B3;

    /// <summary>The running hash after one more byte.</summary>
    public static ulong Append(ulong running, byte value) => (running ^ value) * Prime;

    /// <summary>The running hash after more bytes.</summary>
    public static ulong Append(ulong running, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            running = Append(running, value);
        }

        return running;
    }

    /// <summary>The hash of a finished running hash: every bit of it depends on every bit (the finaliser of SplitMix64).</summary>
    public static ulong Finish(ulong running)
    {
        running = (running ^ (running >> 30)) * 0xBF58476D1CE4E5B9;
        running = (running ^ (running >> 27)) * 0x94D049BB133111EB;
        return running ^ (running >> 31);
    }

    /// <summary>The hash of a word n-gram: that of all its words but the last, joined by the last word's.</summary>
    public static ulong Join(ulong words, ulong next) => Finish((words * 31) + next);

    /// <summary>Hash of a term as a vocabulary writes it: <c>word</c>, <c>two words</c>, <c>#</c> and a character n-gram.</summary>
    public static ulong Of(ReadOnlySpan<byte> written)
    {
        if (written is [(byte)'#', .. var characters])
        {
            return Finish(Append(CharacterBasis, characters));
        }

        var hash = 0UL;
        var first = true;
        foreach (var range in written.Split((byte)' '))
        {
            var word = Finish(Append(WordBasis, written[range]));
            hash = first ? word : Join(hash, word);
            first = false;
        }

        return hash;
    }
}
