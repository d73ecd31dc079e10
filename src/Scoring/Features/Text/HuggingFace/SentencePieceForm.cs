using System.Text.Json;

namespace Scoring.Features.Text.HuggingFace;

/// <summary>SentencePiece's <c>.model</c>, as transformers turns it into a tokenizer.json, for the families of <see cref="Families"/>.</summary>
internal sealed class SentencePieceForm
{
    /// <summary>The families that it knows.</summary>
    public const string Families = "xlm-roberta, camembert, t5, albert, deberta-v2, big-bird, llama";

    // Two spaces are one in SentencePiece, and those at the end none.
    private const string FewerSpaces = """{"type":"Strip","strip_left":false,"strip_right":true},{"type":"Replace","pattern":{"Regex":" {2,}"},"content":"▁"}""";
    private const string OneSpace = """{"type":"Replace","pattern":{"Regex":" {2,}"},"content":" "}""";
    private const string Quotes = """{"type":"Replace","pattern":{"String":"``"},"content":"\""},{"type":"Replace","pattern":{"String":"''"},"content":"\""}""";

    private readonly SentencePieceFile file;
    private readonly TokenizerSettings settings;
    private readonly List<(string Piece, double Score)> pieces;
    private int unknownId;

    private SentencePieceForm(SentencePieceFile file, TokenizerSettings settings)
    {
        this.file = file;
        this.settings = settings;
        unknownId = file.UnknownId;
        pieces = [.. file.Pieces.Select(piece => (piece.Piece, (double)piece.Score))];
    }

    private string Metaspace => $$"""{"type":"Metaspace","replacement":"▁","prepend_scheme":"{{(settings.Flag("add_prefix_space") == false ? "never" : settings.Flag("legacy") == false ? "first" : "always")}}","split":true}""";

    private string Charsmap => file.Charsmap.Length == 0 ? "" : $$"""{"type":"Precompiled","precompiled_charsmap":"{{Convert.ToBase64String(file.Charsmap)}}"},""";

    /// <summary>The form of a tokenizer.json; null for another family.</summary>
    /// <exception cref="InvalidDataException">It is no model of SentencePiece, or none that the family has.</exception>
    public static byte[]? Write(string family, byte[] content, TokenizerSettings settings)
    {
        var form = new SentencePieceForm(SentencePieceFile.Read(content), settings);
        return family switch
        {
            "xlm-roberta" => form.Fairseq(["<s>", "<pad>", "</s>", "<unk>"], from: 3),
            "camembert" => form.Fairseq(["<s>NOTUSED", "<pad>", "</s>NOTUSED", "<unk>", "<unk>NOTUSED"], from: 1),
            "t5" => form.T5(),
            "albert" => form.Albert(),
            "deberta-v2" => form.Deberta(),
            "big-bird" => form.Form(
                $"[{form.Charsmap}{FewerSpaces}]", form.Metaspace, TokenizerForm.Template("[CLS] A [SEP]", "[CLS] A [SEP] | B [SEP]"), ["<unk>", "<s>", "</s>", "<pad>", "[CLS]", "[SEP]"], "[MASK]"),
            "llama" => form.Llama(),
            _ => null,
        };
    }

    // Ids of fairseq: its own tokens first, in place of SentencePiece's, and the mask last.
    private byte[] Fairseq(string[] first, int from)
    {
        pieces.RemoveRange(0, from);
        pieces.InsertRange(0, first.Select(token => (token, token == "<unk>NOTUSED" ? -100.0 : 0.0)));
        pieces.Add(("<mask>", 0));
        unknownId = 3;
        return Form($"[{Charsmap}{FewerSpaces}]", Metaspace, TokenizerForm.Template("<s> A </s>", "<s> A </s> </s> B </s>"), ["<s>", "</s>", "<unk>", "<pad>"], "<mask>");
    }

    private byte[] T5()
    {
        string[] extra = [.. Enumerable.Range(0, 100).Select(index => $"<extra_id_{99 - index}>")];
        pieces.AddRange(extra.Select(token => (token, 0.0)));
        return Form($"[{Charsmap}{FewerSpaces}]", Metaspace, TokenizerForm.Template("A </s>", "A </s> B </s>"), ["</s>", "<unk>", "<pad>", .. extra], mask: null);
    }

    private byte[] Albert()
    {
        // A number with a comma is no piece there.
        for (var index = 0; index < pieces.Count; index++)
        {
            var (piece, score) = pieces[index];
            pieces[index] = piece.Length >= 2 && piece[^1] == ',' && char.IsDigit(piece[^2]) ? (piece, score - 100) : (piece, score);
        }

        var accents = settings.Flag("keep_accents") == true ? "" : """{"type":"NFKD"},{"type":"StripAccents"},""";
        return Form(
            $"[{Quotes},{accents}{Lowercase(usual: true)}{Charsmap}{OneSpace}]", Metaspace, TokenizerForm.Template("[CLS] A [SEP]", "[CLS] A [SEP] | B [SEP]"),
            ["[CLS]", "[SEP]", "<unk>", "<pad>"], "[MASK]");
    }

    private byte[] Deberta()
    {
        var punctuation = settings.Flag("split_by_punct") == true ? """{"type":"Punctuation","behavior":"Isolated"},""" : "";
        return Form(
            $$"""[{{Lowercase(usual: false)}}{"type":"Strip","strip_left":true,"strip_right":true},{{Charsmap}}{{OneSpace}}]""", $$"""{"type":"Sequence","pretokenizers":[{{punctuation}}{{Metaspace}}]}""",
            TokenizerForm.Template("[CLS] A [SEP]", "[CLS] A [SEP] | B [SEP]"), ["[CLS]", "[SEP]", "[UNK]", "[PAD]", "[MASK]"], mask: null);
    }

    private byte[] Llama()
    {
        var prepend = settings.Flag("add_prefix_space") == false ? "" : """{"type":"Prepend","prepend":"▁"},""";
        var isLegacy = settings.Flag("legacy") != false;
        return Form(
            isLegacy ? $$"""[{{prepend}}{"type":"Replace","pattern":{"String":" "},"content":"▁"}]""" : "[]",
            isLegacy ? "null" : Metaspace.Replace("\"split\":true", "\"split\":false", StringComparison.Ordinal),
            TokenizerForm.Template(settings.Flag("add_bos_token") == false ? "A" : "<s> A", settings.Flag("add_bos_token") == false ? "A | B" : "<s> A | <s> B"),
            ["<s>", "</s>", "<unk>"], mask: null, hasBytes: true);
    }

    private string Lowercase(bool usual) => (settings.Flag("do_lower_case") ?? usual) ? """{"type":"Lowercase"},""" : "";

    private byte[] Form(string normalizers, string pre, string post, string[] specials, string? mask, bool hasBytes = false)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var id = 0; id < pieces.Count; id++)
        {
            ids[pieces[id].Piece] = id;
        }

        // 1. What SentencePiece finds as it stands, then the family's own; those that are no piece follow the last.
        var added = file.Pieces.Where(piece => piece.Type is SentencePieceType.Control or SentencePieceType.UserDefined && ids.ContainsKey(piece.Piece))
            .Select(piece => new AddedForm(piece.Piece, ids[piece.Piece], piece.Type == SentencePieceType.Control)).ToList();
        foreach (var token in specials.Append(mask).OfType<string>())
        {
            added.RemoveAll(known => known.Content == token);
            added.Add(new AddedForm(token, ids.TryGetValue(token, out var id) ? id : pieces.Count + added.Count(known => known.Id >= pieces.Count), TakesSpaceBefore: token == mask));
        }

        // 2. The rest.
        return TokenizerForm.Write($$"""{"type":"Sequence","normalizers":{{normalizers}}}""", pre, post, added, writer => WriteModel(writer, ids, hasBytes));
    }

    private void WriteModel(Utf8JsonWriter writer, Dictionary<string, int> ids, bool hasBytes)
    {
        writer.WriteString("type", file.IsBpe ? "BPE" : "Unigram");
        writer.WriteBoolean("byte_fallback", hasBytes && file.HasBytes);
        if (file.IsBpe)
        {
            writer.WriteString("unk_token", file.UnknownPiece);
            writer.WriteBoolean("fuse_unk", true);
            writer.WriteStartObject("vocab");
            foreach (var (piece, id) in ids)
            {
                writer.WriteNumber(piece, id);
            }

            writer.WriteEndObject();
            writer.WriteStartArray("merges");
            foreach (var (left, right) in Merges(ids))
            {
                writer.WriteStartArray();
                writer.WriteStringValue(left);
                writer.WriteStringValue(right);
                writer.WriteEndArray();
            }

            writer.WriteEndArray();
            return;
        }

        writer.WriteNumber("unk_id", unknownId);
        writer.WriteStartArray("vocab");
        foreach (var (piece, score) in pieces)
        {
            writer.WriteStartArray();
            writer.WriteStringValue(piece);
            writer.WriteNumberValue(score);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    // Each piece that two others make up, the most frequent first: SentencePiece's scores fall with the order of merging.
    private IEnumerable<(string Left, string Right)> Merges(Dictionary<string, int> ids) => pieces
        .SelectMany(piece => Enumerable.Range(1, Math.Max(0, piece.Piece.Length - 1))
            .Where(length => !char.IsLowSurrogate(piece.Piece[length]) && ids.ContainsKey(piece.Piece[..length]) && ids.ContainsKey(piece.Piece[length..]))
            .Select(length => (Left: piece.Piece[..length], Right: piece.Piece[length..], piece.Score))
            .OrderBy(merge => (ids[merge.Left], ids[merge.Right])))
        .OrderByDescending(merge => merge.Score).ThenByDescending(merge => merge.Left.EnumerateRunes().Count()).ThenByDescending(merge => merge.Right.EnumerateRunes().Count())
        .Select(merge => (merge.Left, merge.Right));
}
