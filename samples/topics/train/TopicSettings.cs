using System.Text.Json;
using ModelTool.Training.Fitting;

namespace Samples.Topics;

/// <summary>What a training run is free to choose: settings.json. <c>--trials</c> searches the vocabulary, the members, the width and the rate.</summary>
public sealed record TopicSettings : NetworkSettings
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, NewLine = "\n" };

    /// <summary>Terms in the vocabulary at most; those of most texts are taken.</summary>
    public int VocabularySize { get; init; } = 12_000;

    /// <summary>A term has to stand in so many training texts.</summary>
    public int MinTexts { get; init; } = 2;

    public static TopicSettings Parse(string json) => JsonSerializer.Deserialize<TopicSettings>(json, Json)!;

    public string ToJson() => JsonSerializer.Serialize(this, Json) + "\n";
}
