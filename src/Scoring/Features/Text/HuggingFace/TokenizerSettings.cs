using System.Text.Json;
using Scoring.Configuration;

namespace Scoring.Features.Text.HuggingFace;

/// <summary>What <c>tokenizer_config.json</c> says beside a tokenizer's own file, as transformers writes it. All of it may be missing.</summary>
internal sealed class TokenizerSettings
{
    /// <summary>Its name.</summary>
    public const string FileName = "tokenizer_config.json";

    // A model without a limit is written as 10^30.
    private const double NoLimit = 10_000_000;

    private readonly JsonElement root;

    private TokenizerSettings(JsonElement root) => this.root = root;

    /// <summary>Most ids of a text where neither model.json nor tokenizer.json says.</summary>
    public int UsualMaxTokens => root.ValueKind == JsonValueKind.Object && root.TryGetProperty("model_max_length", out var most)
        && most.ValueKind == JsonValueKind.Number && most.GetDouble() is >= 1 and <= NoLimit and var number
            ? (int)number
            : WordPieceConfig.UsualMaxTokens;

    /// <summary>The class of transformers that it belongs to; null where it does not say.</summary>
    public string? ClassName => Text("tokenizer_class");

    /// <summary>Reads it from a package's folder; empty where it is not there.</summary>
    /// <exception cref="InvalidDataException">It is no JSON, or too large.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static TokenizerSettings Read(string directory)
    {
        var path = Path.Combine(directory, FileName);
        if (!File.Exists(path))
        {
            return new TokenizerSettings(default);
        }

        if (BoundedFile.Excess(path, BoundedFile.MaxConfig) is { } excess)
        {
            throw new InvalidDataException($"{FileName} {excess}");
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return new TokenizerSettings(document.RootElement.Clone());
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{FileName}: no JSON: {exception.Message.TrimEnd('.')}", exception);
        }
    }

    /// <summary>A token by its role, such as <c>pad_token</c>: a text, or an object that holds it. Null where it does not say.</summary>
    public string? Token(string role)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty(role, out var value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Object && value.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.String
            ? content.GetString()
            : Text(role);
    }

    /// <summary>A switch; null where it does not say.</summary>
    public bool? Flag(string name) => root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value)
        && value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : null;

    private string? Text(string name) => root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
