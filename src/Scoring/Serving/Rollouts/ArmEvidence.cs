using System.Globalization;
using Scoring.Repository;
using Scoring.Telemetry;

namespace Scoring.Serving.Rollouts;

/// <summary>
/// What speaks against a candidate in this process, and when it is enough. Each request counts for the version that a lot dealt it to. Six wagers watch together, of a regression five: where the candidate is within every
/// limit, any of them ever brakes it with a probability of at most <see cref="FalseAlarms"/>. Thread safe.
/// </summary>
/// <param name="limits">What is allowed.</param>
/// <param name="arms">Candidates that share the probability of a false alarm.</param>
internal sealed class ArmEvidence(RolloutLimits limits, int arms = 1)
{
    /// <summary>The nominal probability that an instance ever brakes a rollout whose candidates are within their limits.</summary>
    public const double FalseAlarms = 0.005;

    private const int Wagers = 6;

    private readonly double enough = Wagers * arms / FalseAlarms;
    private readonly Lock gate = new();
    private readonly ShareWager errors = new(limits.Errors);
    private readonly ShareWager misses = new(limits.Misses);
    private readonly LatencyWager latency = new(limits.Latency);
    private readonly DisagreementWager disagreement = new(limits.Disagreement);
    private readonly OutcomeWager outcomes = new(limits.Calibration, limits.LogLoss);
    private readonly ErrorWager erroneous = new(limits.AbsoluteError);
    private readonly SubjectSet erring = new();
    private readonly SubjectSet missing = new();
    private readonly SubjectSet timed = new();
    private readonly SubjectSet compared = new();
    private long candidateRequests;
    private long liveRequests;
    private double differenceSum;
    private TimeSpan shadowTime;

    /// <summary>The respect in which it is too much; null while it is in none.</summary>
    public BrakeReason? Reason { get; private set; }

    /// <summary>The figures of <see cref="Reason"/>, for people.</summary>
    public string? Detail { get; private set; }

    /// <summary>Requests that went to the candidate and to the live version.</summary>
    public (long Candidate, long Live) Requests
    {
        get
        {
            lock (gate)
            {
                return (candidateRequests, liveRequests);
            }
        }
    }

    /// <summary>Requests that both scored, those answered otherwise, and the means of how far the numbers were apart and of the candidate's run.</summary>
    public (long Count, long Different, double Difference, TimeSpan Run) Shadow
    {
        get
        {
            lock (gate)
            {
                var count = Math.Max(1, disagreement.Count);
                return (disagreement.Count, disagreement.Different, differenceSum / count, shadowTime / count);
            }
        }
    }

    /// <summary>Outcomes of predictions of the candidate and of the live version.</summary>
    public (long Candidate, long Live) Outcomes
    {
        get
        {
            lock (gate)
            {
                return (outcomes.Candidate.Count + erroneous.Candidate.Count, outcomes.Live.Count + erroneous.Live.Count);
            }
        }
    }

    /// <summary>A new step began.</summary>
    public void BeginEpoch()
    {
        lock (gate)
        {
            errors.BeginEpoch();
            misses.BeginEpoch();
            latency.BeginEpoch();
            disagreement.BeginEpoch();
            outcomes.BeginEpoch();
            erroneous.BeginEpoch();
        }
    }

    /// <summary>Takes a request that ended.</summary>
    /// <param name="isCandidate">Whom the lot fell on.</param>
    /// <param name="share">With which probability, 0 to 1, it fell on the candidate rather than on the live version.</param>
    /// <param name="subject">Who asked, hashed; 0 where the request does not say.</param>
    /// <param name="code">How it ended.</param>
    /// <param name="duration">From its arrival to its end.</param>
    /// <param name="slo">What is promised.</param>
    /// <returns>True where it is now too much, for the first time.</returns>
    public bool Add(bool isCandidate, double share, ulong subject, string code, TimeSpan duration, TimeSpan slo)
    {
        lock (gate)
        {
            _ = isCandidate ? candidateRequests++ : liveRequests++;
            if (code != ScoringMetrics.Ok)
            {
                if (erring.TryAdd(subject))
                {
                    errors.Add(isCandidate, share);
                }
            }
            else if (timed.TryAdd(subject))
            {
                latency.Add(isCandidate, share, duration);
            }

            if (duration > slo && missing.TryAdd(subject))
            {
                misses.Add(isCandidate, share);
            }

            return IsTooMuch();
        }
    }

    /// <summary>Takes a request that both versions scored.</summary>
    /// <param name="subject">Who asked, hashed; 0 where the request does not say.</param>
    /// <param name="isDifferent">Whether they answer otherwise.</param>
    /// <param name="difference">How far their numbers are apart.</param>
    /// <param name="run">How long the candidate's run took.</param>
    /// <returns>True where it is now too much, for the first time.</returns>
    public bool Compare(ulong subject, bool isDifferent, double difference, TimeSpan run)
    {
        lock (gate)
        {
            if (!compared.TryAdd(subject))
            {
                return false;
            }

            disagreement.Add(isDifferent);
            differenceSum += difference;
            shadowTime += run;
            return IsTooMuch();
        }
    }

    /// <summary>Takes what came true of a prediction.</summary>
    /// <inheritdoc cref="OutcomeWager.Add"/>
    /// <returns>True where it is now too much, for the first time.</returns>
    public bool Learn(bool isCandidate, int step, double gap, double loss)
    {
        lock (gate)
        {
            outcomes.Add(isCandidate, step, gap, loss);
            return IsTooMuch();
        }
    }

    /// <summary>Takes what came true of a regression's prediction.</summary>
    /// <inheritdoc cref="ErrorWager.Add"/>
    /// <returns>True where it is now too much, for the first time.</returns>
    public bool LearnError(bool isCandidate, int step, double error)
    {
        lock (gate)
        {
            erroneous.Add(isCandidate, step, error);
            return IsTooMuch();
        }
    }

    private bool IsTooMuch()
    {
        if (Reason is not null)
        {
            return false;
        }

        if (errors.Wealth >= enough)
        {
            (Reason, Detail) = (BrakeReason.Errors, Counts(errors, "requests failed"));
        }
        else if (misses.Wealth >= enough)
        {
            (Reason, Detail) = (BrakeReason.Misses, Counts(misses, "requests took longer than the SLO"));
        }
        else if (latency.Wealth >= enough)
        {
            (Reason, Detail) = (BrakeReason.Latency, string.Create(CultureInfo.InvariantCulture, $"its requests took {latency.Ratio:0.00} times as long as the live version's in the mean; {limits.Latency:0.##} are allowed"));
        }
        else if (disagreement.Wealth >= enough)
        {
            (Reason, Detail) = (BrakeReason.Disagreement, string.Create(
                CultureInfo.InvariantCulture, $"it answered {disagreement.Different} of {disagreement.Count} shadowed requests otherwise; {limits.Disagreement:0.##%} are allowed"));
        }
        else if (outcomes.LogLossWealth >= enough)
        {
            (Reason, Detail) = (BrakeReason.LogLoss, string.Create(
                CultureInfo.InvariantCulture, $"its log loss is {outcomes.Candidate.LogLoss:0.000} by {outcomes.Candidate.Count} outcomes, the live version's {outcomes.Live.LogLoss:0.000} by {outcomes.Live.Count}; {limits.LogLoss:0.###} times as much is allowed"));
        }
        else if (outcomes.CalibrationWealth >= enough)
        {
            (Reason, Detail) = (BrakeReason.Calibration, string.Create(
                CultureInfo.InvariantCulture, $"it says {outcomes.Candidate.Gap:+0.000;-0.000} more than comes true by {outcomes.Candidate.Count} outcomes, the live version {outcomes.Live.Gap:+0.000;-0.000} by {outcomes.Live.Count}; {limits.Calibration:0.###} further is allowed"));
        }
        else if (erroneous.Wealth >= enough)
        {
            (Reason, Detail) = (BrakeReason.AbsoluteError, string.Create(
                CultureInfo.InvariantCulture, $"it is {erroneous.Candidate.Mean:0.###} off in the mean by {erroneous.Candidate.Count} outcomes, the live version {erroneous.Live.Mean:0.###} by {erroneous.Live.Count}; {limits.AbsoluteError:0.###} times as much is allowed"));
        }

        return Reason is not null;
    }

    private string Counts(ShareWager wager, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{wager.CandidateEvents} of its {candidateRequests} {what}, {wager.LiveEvents} of the live version's {liveRequests}");
}
