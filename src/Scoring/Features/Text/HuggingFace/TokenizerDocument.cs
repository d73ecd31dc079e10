using System.Text.Json;
using Scoring.Configuration;
using Scoring.Features.Text.WordPiece;

namespace Scoring.Features.Text.HuggingFace;

/// <summary>
/// A <c>tokenizer.json</c>, read as far as the ids around texts, padding and truncation go: these are served here, the same for every tokenizer. What is
/// left, from a text to the ids of its tokens, is the library's.
/// </summary>
internal sealed class TokenizerDocument : IDisposable
{
    private readonly JsonDocument document;
    private readonly List<string> faults = [];
    private readonly Dictionary<string, int> added = new(StringComparer.Ordinal);
    private readonly ConfigNode root;
    private readonly ModelPart model;

    /// <param name="json">UTF-8.</param>
    /// <param name="settings">What stands beside it: which token pads rows, where the file does not say.</param>
    /// <exception cref="InvalidDataException">It holds what it should not; all faults are named.</exception>
    public TokenizerDocument(ReadOnlyMemory<byte> json, TokenizerSettings settings)
    {
        try
        {
            document = JsonDocument.Parse(json);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"no JSON: {exception.Message.TrimEnd('.')}", exception);
        }

        root = new ConfigNode(document.RootElement, "", faults);
        var element = document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("model", out var found) ? found : default;
        model = new ModelPart(element, faults);
        ReadAdded();
        (Single, Pair) = new TemplateReader(Find, faults).Read(root.Node("post_processor"));
        (MaxTokens, CutsLeft) = ReadTruncation();
        PaddingId = ReadPadding(settings.Token("pad_token"));
        CharsmapCheck.Check(document.RootElement, faults);
        if (faults.Count > 0)
        {
            document.Dispose();
            throw new InvalidDataException(string.Join("; ", faults));
        }
    }

    /// <summary>What it is, such as <c>byte-level BPE</c>.</summary>
    public string Kind => model.Describe(document.RootElement);

    /// <summary>How many ids there are: each is below.</summary>
    public int IdCount => Math.Max(model.IdCount + added.Keys.Count(token => !model.Knows(token)), 1 + added.Values.DefaultIfEmpty().Max());

    /// <summary>The ids around one text.</summary>
    public TokenTemplate Single { get; }

    /// <summary>The ids around two texts.</summary>
    public TokenTemplate Pair { get; }

    /// <summary>What shorter rows are filled up with.</summary>
    public int PaddingId { get; }

    /// <summary>Most ids of a text, special ones included; null where it does not say.</summary>
    public int? MaxTokens { get; }

    /// <summary>Whether long texts lose their beginning.</summary>
    public bool CutsLeft { get; }

    /// <summary>Writes what the library is given: all but the ids around texts, padding and truncation, which it would apply as well, and what is for training alone.</summary>
    public void WriteBare(Stream stream)
    {
        using var writer = new Utf8JsonWriter(stream);
        writer.WriteStartObject();
        foreach (var property in document.RootElement.EnumerateObject())
        {
            if (property.Name is "truncation" or "padding" or "post_processor" or "decoder")
            {
                writer.WriteNull(property.Name);
            }
            else if (property.Name == "model")
            {
                writer.WritePropertyName(property.Name);
                model.WriteBare(writer);
            }
            else
            {
                property.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
    }

    public void Dispose() => document.Dispose();

    private void ReadAdded()
    {
        foreach (var token in root.Nodes("added_tokens"))
        {
            if (token.RequiredText("content") is { } content && token.Number("id") is >= 0 and <= int.MaxValue and var id)
            {
                added[content] = (int)id;
            }
            else
            {
                token.Fault("id", "missing or wrong; expected \"content\" and an \"id\"");
            }
        }
    }

    private (int? MaxTokens, bool CutsLeft) ReadTruncation()
    {
        if (root.Node("truncation") is not { } node)
        {
            return (null, false);
        }

        return (node.Number("max_length") is >= 1 and <= int.MaxValue and var most ? (int)most : null, node.Text("direction") == "Left");
    }

    private int ReadPadding(string? usual)
    {
        if (root.Node("padding") is not { } node)
        {
            return new[] { usual, "<pad>", "[PAD]" }.Select(token => token is not null && TryFind(token, out var id) ? id : -1).FirstOrDefault(id => id >= 0);
        }

        if (node.Text("direction") == "Left")
        {
            node.Fault("direction", "found 'Left'; expected 'Right': rows are padded after their ids");
        }

        return node.Number("pad_id") is >= 0 and <= int.MaxValue and var id ? (int)id : 0;
    }

    private bool TryFind(string token, out int id) => added.TryGetValue(token, out id) || model.TryFind(token, out id);

    private int Find(string token, string where)
    {
        if (!TryFind(token, out var id))
        {
            faults.Add($"{where}: found '{token}', which is no token of the vocabulary; expected one");
        }

        return id;
    }
}
