namespace Scoring.Outcomes.Reading;

/// <summary>
/// Which outcomes are read. The time is that of the prediction, not of the outcome: every line of a receipt came in after it was issued, so all of a receipt's lines are read or none.
/// </summary>
/// <param name="Model">A valid name.</param>
/// <param name="Since">Predictions from then on.</param>
/// <param name="Until">Predictions before then.</param>
internal sealed record OutcomeQuery(string Model, DateTimeOffset Since, DateTimeOffset Until)
{
    // Instances' clocks may be so far apart: an outcome may seem to come in before its prediction.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(10);

    /// <summary>One version alone; null for all.</summary>
    public string? Version { get; init; }

    /// <summary>How long after its prediction an outcome counts.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.MaxValue;

    /// <summary>Whether the probabilities of each prediction are wanted.</summary>
    public bool WithProbabilities { get; init; }

    /// <summary>Whether only outcomes of requests that a rollout dealt out are wanted, and of each visitor the one that came in last.</summary>
    public bool ByVisitor { get; init; }

    /// <summary>Whether it is wanted how many receipts were given out.</summary>
    public bool WithReceipts { get; init; }

    /// <summary>Whether a file may hold such outcomes, or such counts.</summary>
    public bool MayHold(OutcomeFile file) =>
        (Version is null || file.Version == Version)
        && (file.IsCount
            ? WithReceipts && file.Day.ToDateTime(TimeOnly.MaxValue) >= Since.UtcDateTime && file.Day.ToDateTime(TimeOnly.MinValue) <= Until.UtcDateTime
            : file.Day.ToDateTime(TimeOnly.MaxValue) >= (Since - ClockTolerance).UtcDateTime);
}
