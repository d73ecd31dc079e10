using Scoring.Configuration;
using Scoring.Outcomes;

namespace Scoring.Serving;

/// <summary>How predictions are written; the default goes by what the model's author says.</summary>
/// <param name="TopK">Most entries of <c>probabilities</c>, most probable first; null for all in the order of the labels.</param>
/// <param name="Dimensions">How many numbers of an embedding are kept; null to go by the model.</param>
/// <param name="Encoding">How an embedding is written; null to go by the model.</param>
/// <param name="Receipts">Signs a receipt for each prediction; null for none.</param>
/// <param name="Stamp">What the receipt of a job's line is known by; null where it is one of a request.</param>
/// <param name="Visitor">Who asks, hashed, where a rollout dealt the request out, 0 where the request does not say; null where none did.</param>
public readonly record struct PredictionOptions(
    int? TopK = null, int? Dimensions = null, EmbeddingEncoding? Encoding = null, ReceiptIssuer? Receipts = null, ReceiptStamp? Stamp = null, ulong? Visitor = null);
