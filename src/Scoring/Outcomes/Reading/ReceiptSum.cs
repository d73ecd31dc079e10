namespace Scoring.Outcomes.Reading;

/// <summary>Receipts that all instances gave out for one content of one version within the time asked, as far as they are known.</summary>
/// <param name="Version">The version's number.</param>
/// <param name="Content">First bytes of its content hash, in hex.</param>
/// <param name="Task"><c>classification</c>, <c>multilabel</c> or <c>regression</c>.</param>
/// <param name="Issued">How many.</param>
/// <param name="Minutes">The minutes in which there was one.</param>
internal sealed record ReceiptSum(string Version, string Content, string Task, long Issued, IReadOnlySet<long> Minutes)
{
    /// <summary>
    /// The share of them that have an outcome, 0 to 1; null where none is known. Outcomes of a minute of which no receipt is known are left out, since an instance that is killed takes its latest count
    /// with it.
    /// </summary>
    /// <param name="group">The outcomes; null for none.</param>
    /// <param name="readShare">Share of the outcomes that was read.</param>
    public double? ShareTold(OutcomeGroup? group, double readShare)
    {
        var told = 0L;
        for (var index = 0; index < (group?.Rows.Count ?? 0); index++)
        {
            told += Minutes.Contains(StoredReceiptCount.MinuteOf(group!.Rows[index].Issued)) ? 1 : 0;
        }

        // What was killed may have counted some of the receipts of a minute of which others are known.
        return Issued == 0 ? null : Math.Min(1, told / readShare / Issued);
    }
}
