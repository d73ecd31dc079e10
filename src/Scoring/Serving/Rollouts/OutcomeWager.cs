using Scoring.Outcomes;
using Scoring.Repository;

namespace Scoring.Serving.Rollouts;

/// <summary>
/// Bets, by what came true, that the candidate's log loss is over its limit, and that what it says is further from what comes true than the live version's. Each bet is on a pair of means: of as few
/// outcomes as have at least one of either version. Pairs are made of predictions of one step alone. Its share is one, so the predictions of both are equally old, and outcomes that are late, rare or told
/// of one label alone are so for both. Not thread safe.
/// </summary>
/// <param name="calibration">How much further the candidate's mean probability may be from what comes true than the live version's, 0 to 1.</param>
/// <param name="logLoss">How many times the live version's log loss the candidate's may be.</param>
internal sealed class OutcomeWager(double calibration, double logLoss)
{
    private readonly MeanWager losing = new(logLoss * DealtOutcome.MostLoss);

    // Of each direction two: more than the live version's distance in the same direction, and in the other. Both must win, since what is bet against is the larger one.
    private readonly MeanWager[] overconfident = [new(2 + calibration), new(2 + calibration)];
    private readonly MeanWager[] underconfident = [new(2 + calibration), new(2 + calibration)];
    private readonly Pair[] pairs = new Pair[Rollout.MaxSteps];
    private Pair all;

    /// <summary>The evidence that its log loss is over the limit; see <see cref="Wager.Wealth"/>.</summary>
    public double LogLossWealth => losing.Wealth;

    /// <summary>The evidence that its calibration is.</summary>
    public double CalibrationWealth => (Both(overconfident) + Both(underconfident)) / 2;

    /// <summary>The candidate's outcomes so far.</summary>
    public Sums Candidate => all.Candidate;

    /// <summary>The live version's.</summary>
    public Sums Live => all.Live;

    /// <inheritdoc cref="Wager.BeginEpoch"/>
    public void BeginEpoch()
    {
        losing.BeginEpoch();
        Array.ForEach(overconfident, wager => wager.BeginEpoch());
        Array.ForEach(underconfident, wager => wager.BeginEpoch());
    }

    /// <summary>Takes an outcome.</summary>
    /// <param name="isCandidate">Whose prediction it was.</param>
    /// <param name="step">The step in which it was made, from 0.</param>
    /// <param name="gap">Its greatest probability, less one where that label came true.</param>
    /// <param name="loss">Its log loss, at most <see cref="DealtOutcome.MostLoss"/>.</param>
    public void Add(bool isCandidate, int step, double gap, double loss)
    {
        all.Add(isCandidate, gap, loss);
        ref var pair = ref pairs[step];
        pair.Add(isCandidate, gap, loss);
        if (pair.Candidate.Count == 0 || pair.Live.Count == 0)
        {
            return;
        }

        var (own, live) = (pair.Candidate.Gap, pair.Live.Gap);
        losing.Add(pair.Candidate.LogLoss - (logLoss * pair.Live.LogLoss));
        overconfident[0].Add(own - live - calibration);
        overconfident[1].Add(own + live - calibration);
        underconfident[0].Add(-own + live - calibration);
        underconfident[1].Add(-own - live - calibration);
        pair = default;
    }

    private static double Both(MeanWager[] wagers) => Math.Min(wagers[0].Wealth, wagers[1].Wealth);

    private struct Pair
    {
        public Sums Candidate { get; private set; }

        public Sums Live { get; private set; }

        public void Add(bool isCandidate, double gap, double loss)
        {
            if (isCandidate)
            {
                Candidate = Candidate.With(gap, loss);
            }
            else
            {
                Live = Live.With(gap, loss);
            }
        }
    }

    /// <summary>Outcomes of one version.</summary>
    /// <param name="Count">How many.</param>
    /// <param name="GapSum">Of their gaps.</param>
    /// <param name="LossSum">Of their log losses.</param>
    internal readonly record struct Sums(long Count, double GapSum, double LossSum)
    {
        /// <summary>What was said less what came true, in the mean.</summary>
        public double Gap => GapSum / Count;

        /// <summary>The mean log loss.</summary>
        public double LogLoss => LossSum / Count;

        internal Sums With(double gap, double loss) => new(Count + 1, GapSum + gap, LossSum + loss);
    }
}
