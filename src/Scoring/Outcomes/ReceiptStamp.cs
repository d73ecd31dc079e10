namespace Scoring.Outcomes;

/// <summary>What the receipt of a job's line is known by, so that a line that is scored twice has the same receipt both times.</summary>
/// <param name="Job">The job's id.</param>
/// <param name="Issued">When the job's receipts are issued, in seconds since 1970.</param>
/// <param name="Line">Index of the line.</param>
public readonly record struct ReceiptStamp(string Job, long Issued, long Line);
