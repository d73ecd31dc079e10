namespace Scoring.Serving;

/// <summary>A rollout as one process runs it.</summary>
/// <param name="Id">Tells it from others.</param>
/// <param name="State">How it stands.</param>
/// <param name="Step">The step now, from 1; 0 before the start.</param>
/// <param name="Steps">Of the schedule.</param>
/// <param name="NextAt">When the next step begins; null where none does.</param>
/// <param name="Shadow">The share of the live version's requests, in percent, that the candidate scores as well.</param>
public sealed record RolloutStatus(string Id, RolloutState State, int Step, int Steps, DateTimeOffset? NextAt, double Shadow)
{
    /// <summary>The candidates.</summary>
    public IReadOnlyList<CandidateStatus> Versions { get; init; } = [];

    /// <summary>How errors and latency of the versions compare, by the requests that this process dealt.</summary>
    public IReadOnlyList<RequestMeasure> Requests { get; init; } = [];
}
