namespace Scoring.Bench.Measuring;

/// <summary>What a simulated job came to.</summary>
/// <param name="Seconds">From its first message to its last chunk.</param>
/// <param name="Instances">Most at once.</param>
/// <param name="Requests">To the storage.</param>
/// <param name="PeakRequestsPerSecond">Most in a second.</param>
/// <param name="IdleShare">Of the instances' time, how much had no chunk.</param>
/// <param name="PlannedAfter">Seconds until the last chunk was released.</param>
internal sealed record ScaleOutcome(double Seconds, int Instances, long Requests, double PeakRequestsPerSecond, double IdleShare, double PlannedAfter)
{
    // The documented limits of one account: requests a second.
    private const double AccountRequests = 20_000;

    /// <summary>What bounds the job.</summary>
    public string Bound(ScaleInputs inputs) => PeakRequestsPerSecond > AccountRequests ? "the account's 20,000 requests/s"
        : PlannedAfter > 0.8 * Seconds ? "planning: one scan"
        : Instances >= inputs.MaxInstances ? "maximumInstanceCount"
        : "the controller: four instances a decision";
}
