using System.Collections.Concurrent;
using System.Globalization;
using Scoring.Outcomes;

namespace Scoring.Serving;

/// <summary>Tells the labels of the versions that receipts name. A version is loaded for that once, and its labels are kept. Thread safe.</summary>
internal sealed class VersionLabels(ModelCatalog catalog) : IOutcomeVersions
{
    // A bound on memory, not a working set: what goes is found again.
    private const int MaxKept = 1024;

    private readonly ConcurrentDictionary<(string Model, int Version), OutcomeVersion> kept = new();

    public async Task<OutcomeVersion> FindAsync(Receipt receipt, CancellationToken cancellationToken)
    {
        var key = (receipt.Model, receipt.Version);
        if (kept.TryGetValue(key, out var known) && known.Content.StartsWith(receipt.Content, StringComparison.Ordinal))
        {
            return known;
        }

        using var lease = await catalog.LeaseForRequestAsync(receipt.Model, receipt.Version.ToString(CultureInfo.InvariantCulture), cancellationToken).ConfigureAwait(false);
        var labels = lease.Model.LabelNames ?? throw new ScoringException(
            ErrorCode.ModelUnavailable, $"The labels of '{receipt.Model}' are not known before its first prediction here. Score something, and send the outcomes again.") { RetryAfter = TimeSpan.FromSeconds(5) };
        var found = new OutcomeVersion(lease.Model.Package.ContentHash, labels);
        if (kept.Count >= MaxKept)
        {
            kept.Clear();
        }

        return kept[key] = found;
    }
}
