using System.Text.Json.Serialization;

namespace Scoring.Configuration;

/// <summary>How texts become token ids: the property <c>tokenizer</c> of a text feature in model.json. Immutable; with the same files, two equal configurations give equal ids.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(WordsConfig), WordsConfig.Words)]
[JsonDerivedType(typeof(WordPieceConfig), WordPieceConfig.WordPiece)]
[JsonDerivedType(typeof(HuggingFaceConfig), HuggingFaceConfig.HuggingFace)]
public abstract record TokenizerConfig
{
    /// <summary>The file of the package that holds the terms; null where there is none.</summary>
    [JsonPropertyOrder(-1)]
    public string? Vocabulary { get; init; }

    /// <summary>What is wrong with it, one sentence each: property, found, expected. Empty when it can be used.</summary>
    public abstract IEnumerable<string> Faults();

    /// <summary>What is wrong with the name of the vocabulary's file; none where there is no name.</summary>
    protected IEnumerable<string> VocabularyFaults()
    {
        if (Vocabulary is { } file && (file.Length == 0 || file != Path.GetFileName(file) || file is "." or ".."))
        {
            yield return $"vocabulary: found '{file}', expected the name of a file of the package";
        }
    }
}
