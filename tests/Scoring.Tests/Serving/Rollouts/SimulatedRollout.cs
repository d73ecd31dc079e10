using Scoring.Outcomes;
using Scoring.Repository;
using Scoring.Serving.Rollouts;
using Scoring.Telemetry;

namespace Scoring.Tests.Serving.Rollouts;

/// <summary>A rollout in virtual time: requests that a seeded lot deals out, each with an outcome of known chances. Pure arithmetic, over the evidence that serving keeps.</summary>
internal sealed record SimulatedRollout
{
    // A request takes 20 ms in the median, and up to 50 ms are promised: about one in a hundred misses that.
    private const double MedianSeconds = 0.02;
    private const double Spread = 0.4;

    private static readonly TimeSpan Slo = TimeSpan.FromMilliseconds(50);

    /// <summary>Limits at which a candidate that is just like the live version is just allowed.</summary>
    public static RolloutLimits Just { get; } = new(Errors: 1, Misses: 1, Latency: 1, Disagreement: 0.1, Calibration: 0, LogLoss: 1, AbsoluteError: 1);

    /// <summary>Shares in percent, each for as many requests.</summary>
    public double[] Steps { get; init; } = [1, 10, 50, 100];

    public int RequestsPerStep { get; init; } = 500;

    /// <summary>Instances that each judge their own requests.</summary>
    public int Instances { get; init; } = 1;

    public RolloutLimits Limits { get; init; } = Just;

    /// <summary>The chance of a failure, of the live version and added to it for the candidate.</summary>
    public (double Live, double More) Errors { get; init; } = (0.005, 0);

    /// <summary>Added to the candidate's chance of a request that takes longer than promised.</summary>
    public double MoreMisses { get; init; }

    /// <summary>The candidate's time over the live version's.</summary>
    public double Latency { get; init; } = 1;

    /// <summary>The chance that a shadowed request is answered otherwise; null for no shadow.</summary>
    public double? Disagreement { get; init; } = 0.1;

    /// <summary>How much less often the candidate's predictions come true than they say; null where no outcome is told. The live version's come true as often as they say.</summary>
    public double? Gap { get; init; } = 0;

    /// <summary>The candidate's log loss over the live version's.</summary>
    public double LogLoss { get; init; } = 1;

    /// <summary>Of a regression, the candidate's error over the live version's, whose errors are normal; null for a classification.</summary>
    public double? AbsoluteError { get; init; }

    /// <summary>Runs it once.</summary>
    /// <returns>After how many requests it was braked and why; null where it was not.</returns>
    public (int Requests, BrakeReason Reason)? Run(int seed)
    {
        var random = new Random(seed);
        var evidence = Array.ConvertAll(new int[Instances], _ => new ArmEvidence(Limits));
        var requests = 0;
        for (var step = 0; step < Steps.Length; step++)
        {
            if (requests > 0)
            {
                Array.ForEach(evidence, own => own.BeginEpoch());
            }

            for (var request = 0; request < RequestsPerStep; request++)
            {
                requests++;
                var own = evidence[Instances == 1 ? 0 : random.Next(Instances)];
                if (Ask(own, random, step))
                {
                    return (requests, own.Reason!.Value);
                }
            }
        }

        return null;
    }

    private bool Ask(ArmEvidence own, Random random, int step)
    {
        var share = Steps[step] / 100;
        var isCandidate = random.NextDouble() < share;
        var seconds = MedianSeconds * Math.Exp(Spread * Normal(random)) * (isCandidate ? Latency : 1);
        seconds = isCandidate && random.NextDouble() < MoreMisses ? Math.Max(seconds, 2 * Slo.TotalSeconds) : seconds;
        var code = random.NextDouble() < Errors.Live + (isCandidate ? Errors.More : 0) ? "inference_failed" : ScoringMetrics.Ok;
        var isTooMuch = own.Add(isCandidate, share, subject: 0, code, TimeSpan.FromSeconds(seconds), Slo);
        return isTooMuch || (Disagreement is { } chance && own.Compare(subject: 0, random.NextDouble() < chance, 0, TimeSpan.Zero))
            || (AbsoluteError is { } times ? own.LearnError(isCandidate, step, Math.Abs(Normal(random)) * (isCandidate ? times : 1))
                : Gap is { } gap && Tell(own, random, isCandidate, step, isCandidate ? gap : 0));
    }

    // Of two labels. What is said and what it loses are drawn apart, so that either can be worse alone.
    private bool Tell(ArmEvidence own, Random random, bool isCandidate, int step, double gap)
    {
        var (said, losing) = (Confidence(random), Confidence(random));
        var isRight = random.NextDouble() < said - gap;
        var loss = DealtOutcome.LossOf(random.NextDouble() < losing ? losing : 1 - losing);
        return own.Learn(isCandidate, step, said - (isRight ? 1 : 0), Math.Min(loss * (isCandidate ? LogLoss : 1), DealtOutcome.MostLoss));
    }

    private static double Confidence(Random random) => 1 / (1 + Math.Exp(-Math.Abs(1.5 * Normal(random))));

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
