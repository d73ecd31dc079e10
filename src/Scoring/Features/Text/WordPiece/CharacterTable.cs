using System.Globalization;

namespace Scoring.Features.Text.WordPiece;

/// <summary>
/// What Hugging Face's BERT tokenizers take characters for, from characters.txt, so that ids depend neither on the version of .NET nor on the machine's
/// Unicode library.
/// </summary>
internal static class CharacterTable
{
    private static readonly Dictionary<string, (int First, int Last)[]> Ranges = new(StringComparer.Ordinal);
    private static readonly Dictionary<int, int[]> Lowers = Read();

    /// <summary>White space between words.</summary>
    public static bool IsSpace(int point) => Has("space", point);

    /// <summary>Each a word of its own.</summary>
    public static bool IsPunctuation(int point) => Has("punctuation", point);

    /// <summary>Dropped where texts are cleaned.</summary>
    public static bool IsCleaned(int point) => Has("cleaned", point);

    /// <summary>The blocks that BERT counts as Chinese; Hangul, Hiragana and Katakana are not among them.</summary>
    public static bool IsIdeograph(int point) => Has("ideograph", point);

    /// <summary>A letter's lower case.</summary>
    public static int[] Lower(int point) => Lowers.TryGetValue(point, out var lower) ? lower : [point];

    private static bool Has(string kind, int point)
    {
        var ranges = Ranges[kind];
        var (low, high) = (0, ranges.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (point < ranges[middle].First)
            {
                high = middle - 1;
            }
            else if (point > ranges[middle].Last)
            {
                low = middle + 1;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    private static Dictionary<int, int[]> Read()
    {
        var lowers = new Dictionary<int, int[]>();
        using var reader = new StreamReader(typeof(CharacterTable).Assembly.GetManifestResourceStream(typeof(CharacterTable), "characters.txt")!);
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            if (words[0] == "lower")
            {
                lowers.Add(Point(words[1]), Array.ConvertAll(words[2..], Point));
            }
            else
            {
                Ranges.Add(words[0], Array.ConvertAll(words[1..], word => word.IndexOf('-', StringComparison.Ordinal) is > 0 and var dash ? (Point(word[..dash]), Point(word[(dash + 1)..])) : (Point(word), Point(word))));
            }
        }

        return lowers;
    }

    private static int Point(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
