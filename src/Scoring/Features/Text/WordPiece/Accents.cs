using System.Globalization;

namespace Scoring.Features.Text.WordPiece;

/// <summary>
/// Letters without their accents, as Hugging Face's BERT tokenizers make them: the canonical decomposition less the nonspacing marks (category Mn), from
/// accents.txt. Marks that stay are left in the order in which they stand.
/// </summary>
internal static class Accents
{
    private const int FirstSyllable = 0xAC00;
    private const int LastSyllable = 0xD7A3;
    private const int Vowels = 21;
    private const int Finals = 28;

    private static readonly Dictionary<int, int[]> Letters = Read();

    /// <summary>What a code point becomes: nothing, itself, or one to three others.</summary>
    public static int[] Strip(int point)
        => point is >= FirstSyllable and <= LastSyllable ? Syllable(point - FirstSyllable) : Letters.TryGetValue(point, out var parts) ? parts : [point];

    // The Unicode Standard, section 3.12, Conjoining Jamo Behavior.
    private static int[] Syllable(int index)
    {
        int[] jamo = [0x1100 + (index / (Vowels * Finals)), 0x1161 + (index / Finals % Vowels), 0x11A7 + (index % Finals)];
        return index % Finals == 0 ? jamo[..2] : jamo;
    }

    private static Dictionary<int, int[]> Read()
    {
        var letters = new Dictionary<int, int[]>(5000);
        using var reader = new StreamReader(typeof(Accents).Assembly.GetManifestResourceStream(typeof(Accents), "accents.txt")!);
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            var points = Array.ConvertAll(line.Split(' ', '-'), point => int.Parse(point, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            if (points.Length > 1 && !line.Contains('-', StringComparison.Ordinal))
            {
                letters.Add(points[0], points[1..]);
                continue;
            }

            for (var mark = points[0]; mark <= points[^1]; mark++)
            {
                letters.Add(mark, []);
            }
        }

        return letters;
    }
}
