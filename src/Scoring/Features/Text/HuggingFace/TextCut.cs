namespace Scoring.Features.Text.HuggingFace;

/// <summary>Where a part of a long text may end or start: beside white space where there is some in its half, otherwise between two characters.</summary>
internal static class TextCut
{
    /// <summary>The end of a part from the text's start, at <paramref name="most"/> bytes or before.</summary>
    public static int End(ReadOnlySpan<byte> text, int most)
    {
        var space = text[(most / 2)..most].LastIndexOfAny(" \n\t"u8);
        return space >= 0 ? (most / 2) + space : Character(text, most);
    }

    /// <summary>The start of a part to the text's end, at <paramref name="least"/> or after; white space belongs to the word behind it.</summary>
    public static int Start(ReadOnlySpan<byte> text, int least)
    {
        var space = text[least..(least + ((text.Length - least) / 2))].IndexOfAny(" \n\t"u8);
        return space >= 0 ? least + space : Character(text, least);
    }

    private static int Character(ReadOnlySpan<byte> text, int index)
    {
        var start = index;
        while (start > index - 4 && start > 0 && (text[start] & 0xC0) == 0x80)
        {
            start--;
        }

        return start;
    }
}
