using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Scoring.Features.Text.WordPiece;

/// <summary>A tokenizer's tables. Immutable but for characters met for the first time; thread safe.</summary>
internal sealed class PieceLookup
{
    private readonly byte[] plainLetters = new byte[256];
    private readonly bool[] beginsSpecial = new bool[256];
    private readonly SpecialToken[] specials;

    public PieceLookup(WordPieceModel model)
    {
        Trie = new PieceTrie(model.Pieces.Select(piece => KeyValuePair.Create(Encoding.UTF8.GetBytes(piece.Key), piece.Value)));
        ContinuingRoot = Trie.Walk(Encoding.UTF8.GetBytes(model.ContinuingPrefix));
        UnknownId = model.UnknownId;
        MaxWordLength = model.MaxWordLength;
        Characters = new CharacterMap(model.Rules);

        // Of two that begin alike the longer is taken.
        specials = [.. model.Specials.OrderByDescending(special => special.Content.Length)];
        foreach (var special in specials)
        {
            beginsSpecial[special.Content[0]] = true;
        }

        for (var value = 0; value < 0x80; value++)
        {
            if (Characters.Find(value, out var becomes) == CharacterKind.Letter && !beginsSpecial[value])
            {
                plainLetters[value] = (byte)becomes;
            }
        }
    }

    /// <summary>The pieces.</summary>
    public PieceTrie Trie { get; }

    /// <summary>Where pieces within a word begin in the trie; negative where there are none.</summary>
    public int ContinuingRoot { get; }

    /// <summary>The id of an unknown word.</summary>
    public int UnknownId { get; }

    /// <summary>Longer words, in characters, are unknown.</summary>
    public int MaxWordLength { get; }

    /// <summary>Bytes that the longest known word may have, and room for one character more.</summary>
    public int MaxWordBytes => (MaxWordLength + 1) * 4;

    /// <summary>What becomes of characters.</summary>
    public CharacterMap Characters { get; }

    /// <summary>For each byte what an ASCII letter or digit becomes; 0 for all else, and for what a special token begins with.</summary>
    public ReadOnlySpan<byte> PlainLetters => plainLetters;

    /// <summary>Finds the special token that a text begins with.</summary>
    public bool TryMatchSpecial(ReadOnlySpan<byte> text, [NotNullWhen(true)] out SpecialToken? special)
    {
        special = null;
        if (!beginsSpecial[text[0]])
        {
            return false;
        }

        foreach (var candidate in specials)
        {
            if (text.StartsWith(candidate.Content))
            {
                special = candidate;
                return true;
            }
        }

        return false;
    }
}
