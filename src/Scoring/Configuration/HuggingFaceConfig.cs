namespace Scoring.Configuration;

/// <summary>
/// Any tokenizer that Hugging Face's own library reads: <c>{"type":"huggingface","vocabulary":"tokenizer.json"}</c>. Where a package has no tokenizer.json,
/// SentencePiece's <c>.model</c>, or <c>vocab.json</c> beside <c>merges.txt</c>, of a known family.
/// </summary>
public sealed record HuggingFaceConfig : TokenizerConfig
{
    /// <summary>The name of the kind.</summary>
    public const string HuggingFace = "huggingface";

    /// <summary>Whose tokenizer it is, where the vocabulary is no tokenizer.json: <c>roberta</c>, <c>t5</c>, …. Null: what <c>tokenizer_config.json</c> says.</summary>
    public string? Family { get; init; }

    /// <summary>Ids per text at most, special ones included; what follows is cut off. Null: what the tokenizer's files say, otherwise <see cref="WordPieceConfig.UsualMaxTokens"/>.</summary>
    public int? MaxTokens { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<string> Faults()
    {
        if (Vocabulary is null)
        {
            yield return "vocabulary: missing, expected the name of a tokenizer.json, vocab.json or SentencePiece model of the package";
        }

        foreach (var fault in VocabularyFaults())
        {
            yield return fault;
        }

        if (MaxTokens < 1)
        {
            yield return $"maxTokens: found {MaxTokens}, expected 1 or more";
        }
    }
}
