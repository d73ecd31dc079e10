using Scoring.Outcomes;

namespace Scoring.Serving.Rollouts;

/// <summary>
/// Chooses which outcomes count as evidence: of each receipt the first that is told, of each visitor and version the first, and of those that stand for few as many as their weight says. Exact for the
/// latest <see cref="Kept"/> at least; what was told before is forgotten, and may count once more. Not thread safe.
/// </summary>
internal sealed class ToldOutcomes
{
    /// <summary>Receipts and visitors that are remembered at least.</summary>
    public const int Kept = 1 << 17;

    private HashSet<ulong> latest = [];
    private HashSet<ulong> before = [];
    private double greatestWeight;

    /// <summary>Takes an outcome; false where it is no evidence.</summary>
    public bool TryAdd(in DealtOutcome outcome)
    {
        // The lot of a receipt is its nonce, so that it is the same however often it is told. Those that are kept are as if each prediction had been followed up with one probability.
        greatestWeight = Math.Max(greatestWeight, outcome.Weight);
        return (outcome.Nonce >> 11) * (1.0 / (1UL << 53)) < outcome.Weight / greatestWeight
            && TryAdd(outcome.Visitor == 0 ? outcome.Nonce : ((ulong)outcome.Version << 32) | outcome.Visitor);
    }

    private bool TryAdd(ulong key)
    {
        if (before.Contains(key) || !latest.Add(key))
        {
            return false;
        }

        if (latest.Count == Kept)
        {
            (before, latest) = (latest, []);
        }

        return true;
    }
}
