using System.Text.Json;

namespace Samples.Topics;

/// <summary>What a training run is free to choose: settings.json. <c>--trials</c> searches the first four.</summary>
public sealed record TopicSettings
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, NewLine = "\n" };

    /// <summary>Terms in the vocabulary at most; those of most texts are taken.</summary>
    public int VocabularySize { get; init; } = 12_000;

    /// <summary>Networks that are trained apart, each with embeddings of its own, and whose scores are averaged.</summary>
    public int Members { get; init; } = 4;

    /// <summary>Length of a member's embeddings; a multiple of 8.</summary>
    public int Width { get; init; } = 16;

    /// <summary>First step size of Adagrad; it falls linearly to zero.</summary>
    public float Rate { get; init; } = 0.1f;

    /// <summary>Units of a member's hidden layer; a multiple of 8.</summary>
    public int Hidden { get; init; } = 32;

    public int Epochs { get; init; } = 20;

    /// <summary>Chance that a token is left out of a training step, so that no text hangs on a single word.</summary>
    public double TokenDropout { get; init; } = 0.5;

    /// <summary>Share of the training steps that see no token at all, so that a text without a known word gets the topics' frequencies.</summary>
    public double EmptyShare { get; init; } = 0.01;

    /// <summary>Pull of every weight towards zero, at each step that touches it.</summary>
    public float Decay { get; init; } = 1e-4f;

    /// <summary>A term has to stand in so many training texts.</summary>
    public int MinTexts { get; init; } = 2;

    /// <summary>Tokens of a text that count.</summary>
    public int MaxTokens { get; init; } = 512;

    /// <summary>Seed of the members' first weights and of the order of the texts.</summary>
    public ulong Seed { get; init; } = 1;

    public static TopicSettings Parse(string json) => JsonSerializer.Deserialize<TopicSettings>(json, Json)!;

    public string ToJson() => JsonSerializer.Serialize(this, Json) + "\n";
}
