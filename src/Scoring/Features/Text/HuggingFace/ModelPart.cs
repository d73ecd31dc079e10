using System.Text.Json;

namespace Scoring.Features.Text.HuggingFace;

/// <summary>The <c>model</c> of a tokenizer.json: which tokens have which ids, and whether every text has some.</summary>
internal sealed class ModelPart
{
    private static readonly string[] Types = ["BPE", "WordPiece", "WordLevel", "Unigram"];

    private readonly JsonElement model;
    private readonly Dictionary<string, int> ids = new(StringComparer.Ordinal);
    private readonly string type = "";

    /// <param name="model">The property <c>model</c>; undefined where there is none.</param>
    /// <param name="faults">Receives what is wrong.</param>
    public ModelPart(JsonElement model, List<string> faults)
    {
        this.model = model;
        if (model.ValueKind != JsonValueKind.Object)
        {
            faults.Add($"/model: {(model.ValueKind == JsonValueKind.Undefined ? "missing" : $"found {model.ValueKind}")}; expected an object");
            return;
        }

        // Files of the format's first years do not name it.
        type = Text("type") ?? (model.TryGetProperty("merges", out _) ? "BPE" : model.TryGetProperty("continuing_subword_prefix", out _) ? "WordPiece" : "WordLevel");
        if (!Types.Contains(type))
        {
            faults.Add($"/model/type: found '{type}'; expected {string.Join(", ", Types)}");
            return;
        }

        ReadVocabulary(faults);
        CheckUnknown(faults);
    }

    /// <summary>How many ids there are: each is below.</summary>
    public int IdCount { get; private set; }

    /// <summary>Whether a token is one of its own.</summary>
    public bool Knows(string token) => ids.ContainsKey(token);

    /// <summary>The id of one of its tokens.</summary>
    public bool TryFind(string token, out int id) => ids.TryGetValue(token, out id);

    /// <summary>What it is, such as <c>byte-level BPE</c>.</summary>
    /// <param name="root">The whole file.</param>
    public string Describe(JsonElement root)
    {
        var isByteLevel = type == "BPE" && root.TryGetProperty("pre_tokenizer", out var parts) && parts.ValueKind == JsonValueKind.Object && parts.GetRawText().Contains("\"ByteLevel\"", StringComparison.Ordinal);
        return isByteLevel ? "byte-level BPE" : Flag("byte_fallback") ? $"{type} with byte fallback" : type;
    }

    /// <summary>Writes it without dropout, by which the ids of a text would differ from call to call.</summary>
    public void WriteBare(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (var property in model.EnumerateObject().Where(property => property.Name != "dropout"))
        {
            property.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    private void ReadVocabulary(List<string> faults)
    {
        var vocabulary = model.TryGetProperty("vocab", out var found) ? found : default;
        var expected = type == "Unigram" ? JsonValueKind.Array : JsonValueKind.Object;
        if (vocabulary.ValueKind != expected)
        {
            faults.Add($"/model/vocab: found {(vocabulary.ValueKind == JsonValueKind.Undefined ? "none" : vocabulary.ValueKind)}; expected {(expected == JsonValueKind.Array ? "an array of pieces and their scores" : "an object of tokens and their ids")}");
            return;
        }

        if (expected == JsonValueKind.Array)
        {
            foreach (var piece in vocabulary.EnumerateArray())
            {
                // Of two alike the later counts.
                if (piece.ValueKind == JsonValueKind.Array && piece.GetArrayLength() > 0 && piece[0].ValueKind == JsonValueKind.String)
                {
                    ids[piece[0].GetString()!] = IdCount;
                }

                IdCount++;
            }
        }
        else
        {
            foreach (var token in vocabulary.EnumerateObject())
            {
                if (token.Value.ValueKind == JsonValueKind.Number && token.Value.TryGetInt32(out var id) && id >= 0)
                {
                    ids[token.Name] = id;
                    IdCount = Math.Max(IdCount, checked(id + 1));
                }
                else
                {
                    faults.Add($"/model/vocab/{token.Name}: found {token.Value.GetRawText()}; expected an id");
                }
            }
        }

        if (IdCount == 0)
        {
            faults.Add("/model/vocab: found no tokens; expected some");
        }
    }

    // The library fails on a text with anything unknown where it knows no token for that. BPE without one leaves such characters out.
    private void CheckUnknown(List<string> faults)
    {
        var unknown = Text("unk_token") ?? (type == "WordPiece" ? "[UNK]" : type == "WordLevel" ? "<unk>" : null);
        if (type == "Unigram")
        {
            if (!(model.TryGetProperty("unk_id", out var id) && id.ValueKind == JsonValueKind.Number && id.TryGetInt32(out var index) && index >= 0 && index < IdCount))
            {
                faults.Add($"/model/unk_id: found {(id.ValueKind == JsonValueKind.Undefined ? "none" : id.GetRawText())}; expected the index of a piece, for what no piece holds");
            }
        }
        else if (unknown is not null && !ids.ContainsKey(unknown))
        {
            faults.Add($"/model/unk_token: found '{unknown}', which is no token of the vocabulary; expected one, for what is not in it");
        }
    }

    private string? Text(string name) => model.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private bool Flag(string name) => model.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
}
