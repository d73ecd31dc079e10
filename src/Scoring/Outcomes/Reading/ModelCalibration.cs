namespace Scoring.Outcomes.Reading;

/// <summary>What outcomes say of a model's versions.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Since">Predictions from then on.</param>
/// <param name="Until">Predictions before then.</param>
/// <param name="ReadAt">When the outcomes were read.</param>
/// <param name="Versions">Those with an outcome or a receipt, newest first.</param>
public sealed record ModelCalibration(string Model, DateTimeOffset Since, DateTimeOffset Until, DateTimeOffset ReadAt, IReadOnlyList<VersionCalibration> Versions)
{
    /// <summary>Share of the receipts that was read, 1 for all.</summary>
    public double Share { get; init; } = 1;

    /// <summary>Files read.</summary>
    public int Files { get; init; }

    /// <summary>Lines beyond the first of their receipts: of each receipt the outcome that came in last counts.</summary>
    public long Repeated { get; init; }

    /// <summary>Lines that came in too long after their prediction to count.</summary>
    public long Late { get; init; }

    /// <summary>Lines that could not be read.</summary>
    public long Damaged { get; init; }

    internal static ModelCalibration Of(OutcomeReading reading, DateTimeOffset readAt) =>
        new(reading.Query.Model, reading.Query.Since, reading.Query.Until, readAt, VersionCalibration.Of(reading))
        {
            Share = reading.Share,
            Files = reading.Files,
            Repeated = reading.Repeated,
            Late = reading.Late,
            Damaged = reading.Damaged + reading.Torn,
        };
}
