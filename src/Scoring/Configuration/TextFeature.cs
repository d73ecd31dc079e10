using Scoring.Features.Text;

namespace Scoring.Configuration;

/// <summary>A text: a row of token ids as long as the text needs, or the text itself for a model that reads strings.</summary>
public sealed record TextFeature : FeatureConfig
{
    /// <summary>How ids are made of it; null for a model whose input is a string tensor.</summary>
    public TokenizerConfig? Tokenizer { get; init; }

    /// <summary>How texts longer than the tokenizer's most ids are read; null cuts them.</summary>
    public TextWindows? Windows { get; init; }

    /// <summary>The input that takes 1 for each id and 0 for padding; null for <c>attention_mask</c> where the model has one.</summary>
    public string? AttentionMask { get; init; }

    /// <summary>The input that takes 1 for each id of a pair's second text, otherwise 0; null for <c>token_type_ids</c> where the model has one.</summary>
    public string? TypeIds { get; init; }

    /// <summary>Taken when the feature is absent; null makes it required.</summary>
    public string? Default { get; init; }

    /// <inheritdoc/>
    public override int Width => 0;
}
