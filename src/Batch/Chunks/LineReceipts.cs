using Scoring.Batch.Jobs;
using Scoring.Outcomes;
using Scoring.Serving;

namespace Scoring.Batch.Chunks;

/// <summary>The receipts of a job's lines.</summary>
/// <param name="Issuer">Signs them.</param>
/// <param name="Job">The job's id.</param>
/// <param name="Issued">When they are issued, in seconds since 1970.</param>
internal sealed record LineReceipts(ReceiptIssuer Issuer, string Job, long Issued)
{
    /// <summary>Those of a job; null where its lines carry none.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/>: the job was planned with them, and this instance has no key.</exception>
    public static LineReceipts? Of(PlannedJob job, ReceiptIssuer issuer)
    {
        if (job.Plan.ReceiptsSince is not { } since)
        {
            return null;
        }

        return issuer.HasKey
            ? new LineReceipts(issuer, job.Id, since.ToUnixTimeSeconds())
            : throw new ScoringException(ErrorCode.ModelUnavailable, "The job's lines carry receipts, and no key for receipts is configured here; set Scoring__ReceiptKey.");
    }

    /// <summary>How the prediction of a line is written.</summary>
    public PredictionOptions For(PredictionOptions options, long line) => options with { Receipts = Issuer, Stamp = new ReceiptStamp(Job, Issued, line) };
}
