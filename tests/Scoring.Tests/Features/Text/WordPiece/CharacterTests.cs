using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Scoring.Features.Text.WordPiece;
using Scoring.Tests.Features.Text.HuggingFace;
using TestCommon;

namespace Scoring.Tests.Features.Text.WordPiece;

/// <summary>
/// What becomes of each character is what Hugging Face's own code makes of it, which knows some parts of Unicode as they were ten years ago: a model was
/// trained with that. With UPDATE_SNAPSHOTS=1 the tables characters.txt and accents.txt are written anew.
/// </summary>
public sealed class CharacterTests
{
    private static readonly CharacterRules[] Settings =
    [
        new(CleanText: true, SplitIdeographs: true, Lowercase: true, StripAccents: true), new(CleanText: true, SplitIdeographs: true, Lowercase: false, StripAccents: false),
        new(CleanText: true, SplitIdeographs: true, Lowercase: true, StripAccents: false), new(CleanText: false, SplitIdeographs: true, Lowercase: true, StripAccents: true),
        new(CleanText: false, SplitIdeographs: false, Lowercase: false, StripAccents: true),
    ];

    [Fact]
    public void Find_CharactersOfTheFirstPlane_BecomeWhatHuggingFaceMakesOfThem() => Compare(Settings[0], Enumerable.Range(0, 0x3400).Concat(Enumerable.Range(0xA000, 0xC00)).Concat(Enumerable.Range(0xF900, 0x6FF)));

    [Fact]
    [Trait("Category", "Proof")]
    public void Find_EveryCharacterByEachSetting_BecomesWhatHuggingFaceMakesOfIt()
    {
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") is "1")
        {
            WriteTables();
            return;
        }

        foreach (var rules in Settings)
        {
            Compare(rules, Enumerable.Range(0, 0x110000));
        }
    }

    private static void Compare(CharacterRules rules, IEnumerable<int> points)
    {
        using var peer = Peer(rules);
        var map = new CharacterMap(rules);
        foreach (var point in points.Where(point => Rune.IsValid(point) && point != '|'))
        {
            var word = new StringBuilder("|a");
            Append(map, word, map.Find(point, out var becomes), becomes);
            var ours = word.Append('b').ToString().Replace("||", "|", StringComparison.Ordinal);
            var theirs = peer.Words($"a{new Rune(point)}b");
            Assert.True(ours == theirs, $"{rules}, U+{point:X4}: ours {Points(ours)}, theirs {Points(theirs)}");
        }
    }

    private static void Append(CharacterMap map, StringBuilder word, CharacterKind kind, int becomes)
    {
        switch (kind)
        {
            case CharacterKind.Dropped:
                break;
            case CharacterKind.Space:
                word.Append('|');
                break;
            case CharacterKind.Letter:
                word.Append(new Rune(becomes));
                break;
            case CharacterKind.Alone:
                word.Append('|').Append(new Rune(becomes)).Append('|');
                break;
            default:
                foreach (var part in map.Sequence(becomes))
                {
                    Append(map, word, CharacterMap.Classify(part), part);
                }

                break;
        }
    }

    private static void WriteTables()
    {
        using var plain = Peer(new(CleanText: false, SplitIdeographs: false, Lowercase: false, StripAccents: false));
        using var clean = Peer(new(CleanText: true, SplitIdeographs: false, Lowercase: false, StripAccents: false));
        using var strip = Peer(new(CleanText: false, SplitIdeographs: false, Lowercase: false, StripAccents: true));
        using var lower = Peer(new(CleanText: false, SplitIdeographs: false, Lowercase: true, StripAccents: false));
        using var split = Peer(new(CleanText: false, SplitIdeographs: true, Lowercase: false, StripAccents: false));
        var all = Enumerable.Range(0, 0x110000).Where(point => Rune.IsValid(point) && point != '|').Select(point => new Rune(point)).ToArray();
        var alone = all.Where(rune => plain.Becomes(rune) == $"|{rune}|").ToArray();
        var folder = Checkout.PathTo("src", "Scoring", "Features", "Text", "WordPiece");
        File.WriteAllLines(Path.Combine(folder, "characters.txt"),
        [
            "# What Hugging Face's tokenizers 0.22.2 take characters for; written by CharacterTests with UPDATE_SNAPSHOTS=1.",
            $"space {Ranges(all.Where(rune => plain.Becomes(rune) == "|"))}",
            $"punctuation {Ranges(alone.Append(new Rune('|')))}",
            $"cleaned {Ranges(all.Where(rune => clean.Becomes(rune).Length == 0))}",
            $"ideograph {Ranges(all.Except(alone).Where(rune => split.Becomes(rune) == $"|{rune}|"))}",
            .. all.Where(rune => lower.Becomes(rune).Trim('|') != rune.ToString() && plain.Becomes(rune) == rune.ToString()).Select(rune => $"lower {rune.Value:X} {Points(lower.Becomes(rune))}"),
        ]);
        var stripped = all.Where(rune => rune.Value is not (>= 0xAC00 and <= 0xD7A3)).ToLookup(rune => strip.Becomes(rune).Length == 0);
        File.WriteAllLines(Path.Combine(folder, "accents.txt"),
        [
            "# What Hugging Face's tokenizers 0.22.2 make of letters with accents; written by CharacterTests with UPDATE_SNAPSHOTS=1.",
            .. Ranges(stripped[true]).Split(' '),
            .. stripped[false].Where(rune => strip.Becomes(rune).Replace("|", "", StringComparison.Ordinal) is var parts && parts.Length > 0 && parts != rune.ToString())
                .Select(rune => $"{rune.Value:X} {Points(strip.Becomes(rune).Replace("|", "", StringComparison.Ordinal))}"),
        ]);
    }

    // BERT's, with a bar before each word.
    private static NormalizerPeer Peer(CharacterRules rules) => new(
        new JsonObject
        {
            ["type"] = "BertNormalizer",
            ["clean_text"] = rules.CleanText,
            ["handle_chinese_chars"] = rules.SplitIdeographs,
            ["strip_accents"] = rules.StripAccents,
            ["lowercase"] = rules.Lowercase,
        },
        JsonNode.Parse("""{"type":"Sequence","pretokenizers":[{"type":"BertPreTokenizer"},{"type":"Metaspace","replacement":"|","prepend_scheme":"always","split":false}]}"""));

    private static string Ranges(IEnumerable<Rune> runes)
    {
        var ranges = new List<(int First, int Last)>();
        foreach (var rune in runes.Order())
        {
            if (ranges.Count > 0 && ranges[^1].Last == rune.Value - 1)
            {
                ranges[^1] = (ranges[^1].First, rune.Value);
            }
            else
            {
                ranges.Add((rune.Value, rune.Value));
            }
        }

        return string.Join(' ', ranges.Select(range => string.Create(CultureInfo.InvariantCulture, $"{range.First:X}") + (range.First == range.Last ? "" : $"-{range.Last:X}")));
    }

    private static string Points(string text) => string.Join(' ', text.EnumerateRunes().Select(rune => $"{rune.Value:X}"));
}
