using Scoring.Serving.Rollouts;

namespace Scoring.Serving;

/// <summary>A candidate as one process sees it.</summary>
/// <param name="Version">Its number.</param>
/// <param name="Share">Its share of the requests now, in percent.</param>
/// <param name="Reason">Why it has none though the schedule gives it one; null where it has.</param>
/// <param name="Braked">In which respect it was worse than its limits allow, which ended its share for good; null where it was not.</param>
/// <param name="BrakedAt">When it was braked.</param>
/// <param name="Requests">Requests that this process dealt to it.</param>
/// <param name="LiveRequests">Those that it dealt to the live version meanwhile.</param>
public sealed record CandidateStatus(string Version, double Share, string? Reason, string? Braked, DateTimeOffset? BrakedAt, long Requests, long LiveRequests)
{
    /// <summary>What an operator should know of how it was loaded; null when all is well, or while it is not loaded.</summary>
    public string? Warning { get; init; }

    /// <summary>Requests that both versions scored, here.</summary>
    public long Shadowed { get; init; }

    /// <summary>Those of them that it answered otherwise.</summary>
    public long Disagreed { get; init; }

    /// <summary>How far the numbers of both are apart in the mean.</summary>
    public double Difference { get; init; }

    /// <summary>Outcomes of its predictions that this process took.</summary>
    public long Outcomes { get; init; }

    /// <summary>Those of the live version's predictions meanwhile.</summary>
    public long LiveOutcomes { get; init; }

    internal static CandidateStatus Of(Candidate candidate, double share)
    {
        var (requests, live) = candidate.Evidence.Requests;
        var shadow = candidate.Evidence.Shadow;
        var (outcomes, liveOutcomes) = candidate.Evidence.Outcomes;
        return new CandidateStatus(
            candidate.Version, share, candidate.Brake?.Detail ?? candidate.WaitReason, candidate.Brake?.Word, candidate.Brake?.At, requests, live)
        {
            Warning = candidate.Loaded?.Caution,
            Shadowed = shadow.Count,
            Disagreed = shadow.Different,
            Difference = shadow.Difference,
            Outcomes = outcomes,
            LiveOutcomes = liveOutcomes,
        };
    }
}
