using System.Text;
using ModelTool.Training.Fitting;
using Samples.Training;

namespace Scoring.Tests.Features.Text;

/// <summary>Texts of the kind that break tokenizers: many scripts, marks, emoji, controls, and bytes that are no UTF-8 at all.</summary>
internal static class NastyText
{
    private static readonly string[] Pieces =
    [
        "a", "B", "zé", "É", "ß", "İ", "ı", "Σς", "e\u0301", "\u0301", "שלום", "مرحبا", "日本", "한", "🙂", "👨‍👩‍👧", "𐐀", "𝔘", "0", "²", "Ⅷ",
        " ", "  ", "\0", "\n", "\t", "-", "_", "'", "#", "\u00A0", "\u200D", "\u202E", "\uFEFF", "\uFFFD", "…", "C++",
    ];

    public static byte[] Draw(SeededRandom random)
    {
        using var bytes = new MemoryStream();
        for (var count = random.Next(40); count > 0; count--)
        {
            if (random.Next(8) == 0)
            {
                bytes.WriteByte((byte)random.Next(256));
            }
            else
            {
                bytes.Write(Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]));
            }
        }

        return bytes.ToArray();
    }
}
