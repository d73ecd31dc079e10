namespace Scoring.Serving.Rollouts;

/// <summary>
/// Bets on which version an event came from, such as a failed request. A lot decided which version each request went to. So where both fail alike, a failure is the candidate's with the probability of
/// the candidate's share, whatever the share of failures is, and however it changes: nothing about it need be known or assumed. Each event is judged by the share at which its request was dealt out.
/// Not thread safe.
/// </summary>
/// <param name="limit">How many times as often as the live version's the candidate's events may be; 1 for no more often.</param>
internal sealed class ShareWager(double limit)
{
    // A candidate may be a little worse than its limit, or hopeless.
    private static readonly double[] Ratios = [1.05, 1.1, 1.2, 1.4, 2, 4, 10, 30, 100];

    private readonly double[] ofCandidate = new double[Ratios.Length];
    private readonly double[] ofLive = new double[Ratios.Length];
    private readonly Wager wager = new(Ratios.Length);
    private double known = double.NaN;

    /// <inheritdoc cref="Wager.Wealth"/>
    public double Wealth => wager.Wealth;

    /// <summary>Events of the candidate so far.</summary>
    public long CandidateEvents { get; private set; }

    /// <summary>Events of the live version so far.</summary>
    public long LiveEvents { get; private set; }

    /// <inheritdoc cref="Wager.BeginEpoch"/>
    public void BeginEpoch() => wager.BeginEpoch();

    /// <summary>Takes an event.</summary>
    /// <param name="isCandidate">Whose it was.</param>
    /// <param name="share">The probability, 0 to 1, with which the lot fell on the candidate rather than on the live version.</param>
    public void Add(bool isCandidate, double share)
    {
        if (isCandidate)
        {
            CandidateEvents++;
        }
        else
        {
            LiveEvents++;
        }

        // With one version alone there is nothing to compare.
        if (share is <= 0 or >= 1)
        {
            return;
        }

        if (share != known)
        {
            Price(share);
        }

        wager.Add(isCandidate ? ofCandidate : ofLive);
    }

    private void Price(double share)
    {
        known = share;
        var fair = Probability(share, limit);
        for (var way = 0; way < Ratios.Length; way++)
        {
            var worse = Probability(share, limit * Ratios[way]);
            ofCandidate[way] = worse / fair;
            ofLive[way] = (1 - worse) / (1 - fair);
        }
    }

    // That an event is the candidate's, where its requests have them so many times as often.
    private static double Probability(double share, double ratio) => share * ratio / ((share * ratio) + 1 - share);
}
