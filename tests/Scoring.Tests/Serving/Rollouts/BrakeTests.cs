using Scoring.Repository;
using Scoring.Serving.Rollouts;
using Scoring.Telemetry;

namespace Scoring.Tests.Serving.Rollouts;

/// <summary>When a candidate is braked, and when not.</summary>
public sealed class BrakeTests
{
    private const int Rollouts = 3_000;

    // Twice the nominal probability.
    private const double MostFalseAlarms = 0.01;

    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Slo = TimeSpan.FromMilliseconds(50);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_ThreeThousandRolloutsOfACandidateJustLikeTheLiveVersion_AtMostOneInAHundredIsBraked(bool isRegression)
    {
        var simulated = new SimulatedRollout { RequestsPerStep = 250, Errors = (0.1, 0), AbsoluteError = isRegression ? 1 : null };

        var braked = ParallelEnumerable.Range(0, Rollouts).Count(seed => simulated.Run(seed) is not null);

        Assert.InRange(braked, 0, Rollouts * MostFalseAlarms);
    }

    [Theory]
    [InlineData(BrakeReason.Errors)]
    [InlineData(BrakeReason.Misses)]
    [InlineData(BrakeReason.Latency)]
    [InlineData(BrakeReason.Disagreement)]
    [InlineData(BrakeReason.Calibration)]
    [InlineData(BrakeReason.LogLoss)]
    [InlineData(BrakeReason.AbsoluteError)]
    public void Run_CandidateThatIsFarWorse_IsBrakedForThat(BrakeReason reason)
    {
        var simulated = new SimulatedRollout { Steps = [10], RequestsPerStep = 50_000, Errors = (0.005, reason == BrakeReason.Errors ? 0.2 : 0) };
        simulated = reason switch
        {
            BrakeReason.Misses => simulated with { MoreMisses = 0.2 },
            BrakeReason.Latency => simulated with { Latency = 1.2 },
            BrakeReason.Disagreement => simulated with { Disagreement = 0.3 },
            BrakeReason.Calibration => simulated with { Gap = 0.2 },
            BrakeReason.LogLoss => simulated with { LogLoss = 1.2 },
            BrakeReason.AbsoluteError => simulated with { AbsoluteError = 1.2 },
            _ => simulated,
        };

        // One that is slower misses the SLO more often as well, which may be seen first.
        Assert.All(Enumerable.Range(0, 20), seed => Assert.Contains(simulated.Run(seed)?.Reason, (BrakeReason?[])[reason, reason == BrakeReason.Latency ? BrakeReason.Misses : reason]));
    }

    [Fact]
    public void Run_CandidateWithinWiderLimits_IsNotBraked()
    {
        var simulated = new SimulatedRollout { Steps = [50], RequestsPerStep = 20_000, Errors = (0.02, 0.01), Latency = 1.2, Disagreement = 0.15, Gap = 0.02, LogLoss = 1.02, Limits = new RolloutLimits(2, 4, 1.3, 0.2, 0.05, 1.1) };

        Assert.All(Enumerable.Range(0, 10), seed => Assert.Null(simulated.Run(seed)));
        Assert.All(Enumerable.Range(0, 10), seed => Assert.Null((simulated with { AbsoluteError = 1.02 }).Run(seed)));
    }

    [Fact]
    public void LearnError_OfALiveVersionThatIsNeverWrong_IsNoMultiple()
    {
        var evidence = new ArmEvidence(RolloutLimits.Usual);

        Assert.All(Enumerable.Range(0, 5_000), outcome => Assert.False(evidence.LearnError(outcome % 2 == 0, 0, outcome % 2 == 0 ? 1 : 0)));
        Assert.Equal((2_500, 2_500), evidence.Outcomes);
    }

    [Fact]
    public void LearnError_BeyondAllNumbers_IsCountedAndJudgedAllTheSame()
    {
        var evidence = new ArmEvidence(RolloutLimits.Usual);
        for (var outcome = 0; outcome < 1_000; outcome++)
        {
            evidence.LearnError(isCandidate: false, 0, outcome % 500 == 0 ? double.PositiveInfinity : 1);
        }

        Assert.Contains(Enumerable.Range(0, 10_000), outcome => evidence.LearnError(outcome % 2 == 0, 0, outcome % 2 == 0 ? double.MaxValue : 1));
        Assert.Equal(BrakeReason.AbsoluteError, evidence.Reason);
    }

    [Fact]
    public void Add_OneVisitorWhoseRequestsAllFail_IsNoEvidence()
    {
        var evidence = new ArmEvidence(RolloutLimits.Usual);

        Assert.All(Enumerable.Range(0, 10_000), _ => Assert.False(evidence.Add(isCandidate: true, 0.01, subject: 7, "inference_failed", Quick, Slo)));
    }

    [Fact]
    public void Add_ThreeVisitorsInAHundredThatFailOnTheCandidateAlone_BrakeIt()
    {
        var evidence = new ArmEvidence(RolloutLimits.Usual);
        var braked = Enumerable.Range(1, 10).TakeWhile(visitor => !evidence.Add(isCandidate: true, 0.01, (ulong)visitor, "inference_failed", Quick, Slo)).Count() + 1;

        Assert.InRange(braked, 2, 5);
        Assert.Equal(BrakeReason.Errors, evidence.Reason);
        Assert.Equal($"{braked} of its {braked} requests failed, 0 of the live version's 0", evidence.Detail);
    }

    [Fact]
    public void Add_CandidateThatTurnsBadAfterAStepThatItPassedWell_IsBrakedAsSoonAsOneThatWasBadAtOnce()
    {
        var late = new ArmEvidence(RolloutLimits.Usual);
        for (var request = 0; request < 20_000; request++)
        {
            late.Add(isCandidate: request % 10 == 0, 0.1, 0, request % 10 != 0 && request % 3 == 0 ? "inference_failed" : ScoringMetrics.Ok, Quick, Slo);
        }

        late.BeginEpoch();

        Assert.InRange(FailuresUntilBraked(late, 0.5), FailuresUntilBraked(new ArmEvidence(RolloutLimits.Usual), 0.5), 40);
    }

    [Fact]
    public void Add_WithEveryRequestTheCandidates_HasNothingToCompareAndDoesNotBrake()
    {
        var evidence = new ArmEvidence(RolloutLimits.Usual);

        Assert.All(Enumerable.Range(0, 1_000), _ => Assert.False(evidence.Add(isCandidate: true, 1, 0, "inference_failed", Quick, Slo)));
    }

    private static int FailuresUntilBraked(ArmEvidence evidence, double share) =>
        Enumerable.Range(1, 1_000).First(_ => evidence.Add(isCandidate: true, share, 0, "inference_failed", Quick, Slo));
}
