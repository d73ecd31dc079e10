using Scoring.Repository;
using Scoring.Telemetry;

namespace Scoring.Serving.Rollouts;

/// <summary>A request that a rollout dealt to a version. It is told how the request ended, and counts that for or against the candidates.</summary>
public sealed class RoutedRequest : IRequestWatch
{
    // Who leaves, who sends too slowly, and who comes while there is too much to do, says nothing of a version.
    private static readonly string[] Neither = [ErrorCode.ClientClosed.Name(), ErrorCode.BodyTooSlow.Name(), ErrorCode.Overloaded.Name()];

    private readonly RolloutRun run;
    private readonly Candidate? dealt;
    private readonly Rollout schedule;
    private readonly int step;
    private readonly uint open;
    private readonly ulong subject;
    private bool isMissed;

    internal RoutedRequest(RolloutRun run, Candidate? dealt, Rollout schedule, int step, uint open, ulong subject, bool isShadowed)
    {
        this.run = run;
        this.dealt = dealt;
        this.schedule = schedule;
        this.step = step;
        this.open = open;
        this.subject = subject;
        IsShadowed = isShadowed;
    }

    /// <summary>True where a candidate is to score the request as well, once it is answered.</summary>
    public bool IsShadowed { get; }

    /// <summary>Who asks, hashed, for the receipt of what the lot decided on; 0 where the request does not say; null where another version answers than the lot fell on.</summary>
    public ulong? Visitor => isMissed ? null : subject == 0 ? 0 : schedule.VisitorOf(subject);

    /// <summary>The model's name.</summary>
    public string Model => run.Model;

    /// <summary>The candidate that scores the request as well.</summary>
    public string Candidate => FirstOpen() is { } index ? run.Candidates[index].Version : "";

    /// <summary>A lease on the candidate that the request was dealt to; empty where the live version has it, also since the candidate is on its way out.</summary>
    public ModelLease Lease()
    {
        if (dealt?.TryLease() is { } leased)
        {
            return new ModelLease(leased);
        }

        isMissed = dealt is not null;
        return default;
    }

    /// <summary>A lease on the candidate that is to score the request as well; empty where it is gone meanwhile.</summary>
    public ModelLease LeaseShadow() => FirstOpen() is { } index && run.Candidates[index].TryLease() is { } leased ? new ModelLease(leased) : default;

    /// <inheritdoc/>
    public void Completed(string code, TimeSpan duration, TimeSpan slo)
    {
        if (isMissed || Array.IndexOf(Neither, code) >= 0)
        {
            return;
        }

        // Where there is no candidate to compare with, the live version's requests are of another time.
        if (open != 0 && step >= 0 && (dealt?.Version ?? run.LiveVersion) is { } version)
        {
            run.Tally.Add(step, version, code == ScoringMetrics.Ok, duration, subject);
        }

        for (var index = 0; index < run.Candidates.Count; index++)
        {
            var candidate = run.Candidates[index];
            if ((open & (1u << index)) != 0 && candidate.Brake is null && (dealt is null || dealt == candidate)
                && candidate.Evidence.Add(dealt == candidate, run.ShareBesideLive(schedule, index, step, open), subject, code, duration, run.Slo))
            {
                run.Braked(candidate);
            }
        }
    }

    /// <summary>Takes note of what the candidate answered to a shadowed request.</summary>
    /// <param name="isDifferent">Whether it answered otherwise.</param>
    /// <param name="difference">How far the numbers are apart.</param>
    /// <param name="duration">How long its run took.</param>
    public void Compared(bool isDifferent, double difference, TimeSpan duration)
    {
        if (FirstOpen() is { } index && run.Candidates[index] is { Brake: null } candidate && candidate.Evidence.Compare(subject, isDifferent, difference, duration))
        {
            run.Braked(candidate);
        }
    }

    private int? FirstOpen() => open == 0 ? null : System.Numerics.BitOperations.TrailingZeroCount(open);
}
