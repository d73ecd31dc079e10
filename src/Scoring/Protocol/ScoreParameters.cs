using Scoring.Configuration;
using Scoring.Serving;

namespace Scoring.Protocol;

/// <summary>What a request asks of its predictions.</summary>
/// <param name="TopK">Most entries of <c>probabilities</c>, most probable first; null for all in the order of the labels.</param>
/// <param name="Dimensions">How many numbers of an embedding are kept, the first; null to go by the model.</param>
/// <param name="Encoding">How an embedding is written; null to go by the model.</param>
/// <param name="Receipts">Whether predictions carry a receipt; null to go by the model.</param>
public readonly record struct ScoreParameters(int? TopK, int? Dimensions = null, EmbeddingEncoding? Encoding = null, bool? Receipts = null)
{
    /// <summary>The same, as predictions are written by it.</summary>
    public PredictionOptions Options => new(TopK, Dimensions, Encoding);
}
