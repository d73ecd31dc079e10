using Scoring.Configuration;

namespace Scoring.Outcomes;

/// <summary>What a receipt says, once its signature was found good.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Version">The version that predicted.</param>
/// <param name="Content">The first bytes of the version's content hash, in hex.</param>
/// <param name="Issued">When.</param>
/// <param name="Nonce">Tells it from every other receipt; base64url.</param>
/// <param name="Task">What was predicted.</param>
internal sealed record Receipt(string Model, int Version, string Content, DateTimeOffset Issued, string Nonce, ModelTask Task)
{
    /// <summary>A number for who asked where a rollout dealt the request out by lot, 0 where the request did not say; null where none did.</summary>
    public uint? Visitor { get; init; }

    /// <summary>Labels of the version; 0 for a regression.</summary>
    public int LabelCount { get; init; }

    /// <summary>Index of the most probable label of a classification.</summary>
    public int Best { get; init; }

    /// <summary>Indexes of the labels that a multilabel decided for.</summary>
    public IReadOnlyList<int> Decided { get; init; } = [];

    /// <summary>A probability for each label, in their order. Of more than 32 labels the least share evenly what the others leave.</summary>
    public IReadOnlyList<double> Probabilities { get; init; } = [];

    /// <summary>A regression's value.</summary>
    public double Value { get; init; }
}
