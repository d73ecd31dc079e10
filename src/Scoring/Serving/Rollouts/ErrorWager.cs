using Scoring.Repository;

namespace Scoring.Serving.Rollouts;

/// <summary>
/// Bets, by what came true, that the candidate's mean absolute error is over its limit. Each bet is on a pair of means, as <see cref="OutcomeWager"/> makes them. An error has no greatest value, and a bet
/// needs one: what is beyond four times the live version's 90th percentile counts as that, and for the candidate as that times its limit, so that one whose errors are the live version's times the
/// limit loses as much as it wins. The percentile is settled before an error comes, by those before it. Not thread safe.
/// </summary>
/// <param name="limit">How many times the live version's mean absolute error the candidate's may be.</param>
internal sealed class ErrorWager(double limit)
{
    private const int Window = 256;
    private const int LeastWindow = 64;
    private const double Quantile = 0.9;
    private const double Beyond = 4;

    private readonly MeanWager wager = new(1);
    private readonly Pair[] pairs = new Pair[Rollout.MaxSteps];
    private readonly double[] latest = new double[Window];
    private double most;

    /// <inheritdoc cref="Wager.Wealth"/>
    public double Wealth => wager.Wealth;

    /// <summary>The candidate's errors so far.</summary>
    public Sum Candidate { get; private set; }

    /// <summary>The live version's.</summary>
    public Sum Live { get; private set; }

    /// <inheritdoc cref="Wager.BeginEpoch"/>
    public void BeginEpoch() => wager.BeginEpoch();

    /// <summary>Takes an error.</summary>
    /// <param name="isCandidate">Whose prediction it was.</param>
    /// <param name="step">The step in which it was made, from 0.</param>
    /// <param name="error">How far the value was from what came true.</param>
    public void Add(bool isCandidate, int step, double error)
    {
        // Of a live version that is never wrong, nothing is a multiple.
        if (most > 0)
        {
            Bet(isCandidate, ref pairs[step], isCandidate ? Math.Min(error / limit / most, 1) : Math.Min(error / most, 1));
        }

        if (isCandidate)
        {
            Candidate = Candidate.With(error);
            return;
        }

        latest[Live.Count % Window] = error;
        Live = Live.With(error);
        if (Live.Count == LeastWindow || Live.Count % Window == 0)
        {
            Settle();
        }
    }

    private void Bet(bool isCandidate, ref Pair pair, double part)
    {
        pair = isCandidate ? pair with { Candidate = pair.Candidate.With(part) } : pair with { Live = pair.Live.With(part) };
        if (pair.Candidate.Count > 0 && pair.Live.Count > 0)
        {
            wager.Add(pair.Candidate.Mean - pair.Live.Mean);
            pair = default;
        }
    }

    // A pair is of one measure: those that wait for their other half are dropped.
    private void Settle()
    {
        var sorted = latest[..(int)Math.Min(Live.Count, Window)];
        Array.Sort(sorted);
        most = Math.Min(Beyond * sorted[(int)(Quantile * (sorted.Length - 1))], double.MaxValue);
        Array.Clear(pairs);
    }

    private readonly record struct Pair(Sum Candidate, Sum Live);

    /// <summary>Errors of one version.</summary>
    /// <param name="Count">How many.</param>
    /// <param name="Total">Their sum.</param>
    internal readonly record struct Sum(long Count, double Total)
    {
        /// <summary>Their mean.</summary>
        public double Mean => Total / Count;

        internal Sum With(double error) => new(Count + 1, Total + error);
    }
}
