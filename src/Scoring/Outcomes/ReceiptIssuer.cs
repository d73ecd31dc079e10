using Scoring.Outcomes.Counts;
using Scoring.Telemetry;

namespace Scoring.Outcomes;

/// <summary>Signs receipts with the app's key. Thread safe.</summary>
public sealed class ReceiptIssuer
{
    private readonly TimeProvider time;
    private readonly ScoringMetrics? metrics;
    private readonly ReceiptCounts? counts;

    /// <param name="keys">The present one signs.</param>
    /// <param name="time">The clock of the receipts.</param>
    /// <param name="metrics">Counts them for telemetry; null for nowhere.</param>
    /// <param name="counts">Counts them for all instances; null for nobody.</param>
    internal ReceiptIssuer(ReceiptKeys keys, TimeProvider time, ScoringMetrics? metrics = null, ReceiptCounts? counts = null)
    {
        Key = keys.Current;
        this.metrics = metrics;
        this.counts = counts;
        this.time = time;
    }

    /// <summary>Whether a key is configured.</summary>
    public bool HasKey => Key is not null;

    internal ReceiptKey? Key { get; }

    /// <summary>The number by which receipts name who asks; 0 where a request does not say.</summary>
    /// <exception cref="InvalidOperationException">No key is configured.</exception>
    internal uint NumberOf(ulong visitor) =>
        visitor == 0 ? 0 : (Key ?? throw new InvalidOperationException("No key is configured.")).NumberOf(visitor);

    /// <summary>Signs what a draft has taken; allocates nothing.</summary>
    /// <param name="draft">The receipt without its time, nonce and signature.</param>
    /// <param name="stamp">The time and nonce of a job's line; null for now and a nonce by chance.</param>
    /// <returns>The receipt in base64url, until the draft takes the next.</returns>
    /// <exception cref="InvalidOperationException">No key is configured.</exception>
    internal ReadOnlySpan<byte> Sign(ReceiptDraft draft, ReceiptStamp? stamp)
    {
        var key = Key ?? throw new InvalidOperationException("No key is configured.");
        metrics?.ReceiptsIssued(draft.Model, draft.Version, 1);
        var issued = stamp?.Issued ?? time.GetUtcNow().ToUnixTimeSeconds();
        counts?.Add(draft, issued);
        if (stamp is not { } line)
        {
            return draft.Sign(key, issued, nonce: default);
        }

        Span<byte> nonce = stackalloc byte[ReceiptLayout.NonceBytes];
        key.WriteNonce(line.Job, line.Issued, line.Line, nonce);
        return draft.Sign(key, line.Issued, nonce);
    }
}
