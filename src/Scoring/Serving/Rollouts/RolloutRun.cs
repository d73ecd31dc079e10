using System.Globalization;
using System.IO.Hashing;
using Scoring.Outcomes;
using Scoring.Repository;

namespace Scoring.Serving.Rollouts;

/// <summary>
/// A rollout as this process runs it: deals requests that name no version to the live version and its candidates. Who says who asks goes to the same version as long as the shares only grow; every other
/// request is dealt by lot. What a candidate would have while it is not loaded or braked, the live version has. Thread safe.
/// </summary>
internal sealed class RolloutRun(string model, Rollout schedule, Candidate[] candidates, TimeSpan slo, TimeProvider time, RolloutTally tally, Action<Candidate> onTooMuch)
{
    private readonly Lock gate = new();
    private readonly ToldOutcomes told = new();
    private volatile Rollout schedule = schedule;

    /// <summary>The schedule in the live pointer; it may be paused and go on, and stays the same rollout.</summary>
    public Rollout Schedule
    {
        get => schedule;
        set => schedule = value;
    }

    /// <summary>The version that answers; null before the first candidate was looked for.</summary>
    public string? LiveVersion { get; set; }

    /// <summary>The model's name.</summary>
    public string Model => model;

    public IReadOnlyList<Candidate> Candidates => candidates;

    /// <summary>The latency that both are held to: the live version's promise.</summary>
    public TimeSpan Slo => slo;

    /// <summary>How the requests of each version ended.</summary>
    public RolloutTally Tally => tally;

    /// <summary>The step now.</summary>
    public int Step => schedule.StepAt(time.GetUtcNow());

    /// <summary>A candidate's share now, in percent; 0 while it is not loaded or braked.</summary>
    public double ShareOf(Candidate candidate) =>
        candidate.IsOpen && Arm(schedule, candidate) is { } arm ? arm.ShareAt(Step) : 0;

    /// <summary>Deals out a request.</summary>
    /// <param name="subject">Who asks, as UTF-8; empty where the request does not say.</param>
    /// <returns>How it was dealt, with a lease on the candidate where it is not the live version's.</returns>
    public RoutedRequest Deal(ReadOnlySpan<byte> subject)
    {
        var now = schedule;
        var step = now.StepAt(time.GetUtcNow());
        var hash = subject.IsEmpty ? 0 : XxHash3.HashToUInt64(subject);
        var place = subject.IsEmpty ? Random.Shared.NextDouble() : now.PlaceOf(subject);
        var open = 0u;
        Candidate? dealt = null;
        var from = 0.0;
        for (var index = 0; index < candidates.Length; index++)
        {
            var width = WidthOf(now, index, step);
            if (candidates[index].IsOpen)
            {
                open |= 1u << index;
                dealt = place >= from && place < from + width ? candidates[index] : dealt;
            }

            from += width;
        }

        return new RoutedRequest(this, dealt, now, step, open, hash, IsShadowed(now, dealt, open));
    }

    /// <summary>The probability, 0 to 1, with which a lot between the live version and a candidate falls on that.</summary>
    internal double ShareBesideLive(Rollout at, int index, int step, uint open)
    {
        var live = 1.0;
        for (var other = 0; other < candidates.Length; other++)
        {
            live -= (open & (1u << other)) != 0 ? WidthOf(at, other, step) : 0;
        }

        var width = WidthOf(at, index, step);
        return live <= 0 ? 1 : width / (width + live);
    }

    /// <summary>Takes what came true of predictions that requests of this rollout were dealt.</summary>
    /// <param name="outcomes">Of any versions; a receipt may come several times.</param>
    public void Learn(IReadOnlyList<DealtOutcome> outcomes)
    {
        var now = schedule;
        foreach (var outcome in outcomes)
        {
            var version = outcome.Version.ToString(CultureInfo.InvariantCulture);
            if (now.StepAt(outcome.Issued) is >= 0 and var step && IsOfThis(version) && IsFirst(outcome))
            {
                Learn(version, step, outcome);
            }
        }
    }

    internal void Braked(Candidate candidate) => onTooMuch(candidate);

    private bool IsOfThis(string version) => version == LiveVersion || candidates.Any(candidate => candidate.Version == version);

    private bool IsFirst(in DealtOutcome outcome)
    {
        lock (gate)
        {
            return told.TryAdd(outcome);
        }
    }

    private void Learn(string version, int step, in DealtOutcome outcome)
    {
        foreach (var candidate in candidates)
        {
            var isCandidate = candidate.Version == version;
            if (candidate.Brake is null && (isCandidate || version == LiveVersion) && Learn(candidate.Evidence, isCandidate, step, outcome))
            {
                Braked(candidate);
            }
        }
    }

    private static bool Learn(ArmEvidence evidence, bool isCandidate, int step, in DealtOutcome outcome) =>
        outcome.Error is { } error ? evidence.LearnError(isCandidate, step, error) : evidence.Learn(isCandidate, step, outcome.Gap, outcome.LogLoss);

    private static bool IsShadowed(Rollout now, Candidate? dealt, uint open) =>
        now.Shadow > 0 && dealt is null && open != 0 && Random.Shared.NextDouble() * 100 < now.Shadow;

    private static RolloutArm? Arm(Rollout at, Candidate candidate) => at.Arms.FirstOrDefault(arm => arm.Version == candidate.Version);

    private static double WidthOf(Rollout at, int index, int step) => at.Arms[index].ShareAt(step) / 100;
}
