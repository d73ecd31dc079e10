using Scoring.Calibration;
using Scoring.Telemetry;

namespace Scoring.Serving.Rollouts;

/// <summary>Requests of one version in one step of a rollout: how many, how many failed, and how long the others took. One caller at a time.</summary>
internal sealed class VersionTally
{
    private const double Z = 1.96;

    /// <summary>Requests.</summary>
    public long Requests { get; private set; }

    /// <summary>Those of them that did not end well.</summary>
    public long Failed { get; private set; }

    /// <summary>From arrival to answer of the others.</summary>
    public DurationDistribution Latency { get; } = new();

    /// <summary>The share that failed, with Wilson's interval; null where there was no request.</summary>
    public Estimate? Errors => Requests == 0 ? null : Estimate.OfShare((double)Failed / Requests, Requests);

    /// <summary>Takes a request.</summary>
    public void Add(bool isOk, TimeSpan duration)
    {
        Requests++;
        if (isOk)
        {
            Latency.Record(duration);
        }
        else
        {
            Failed++;
        }
    }

    /// <summary>Takes what another process counted.</summary>
    public void Add(long requests, long failed, IEnumerable<(int Slice, long Count)> slices)
    {
        Requests += requests;
        Failed += failed;
        foreach (var (slice, count) in slices)
        {
            Latency.Add(slice, count);
        }
    }

    /// <summary>
    /// The seconds that a share of the answers does not exceed, with the interval between two of its order statistics (Hahn and Meeker 1991, 5.2), widened to the ends of the slices that hold them;
    /// null where there are too few answers for both ends.
    /// </summary>
    /// <param name="share">Such as 0.99.</param>
    public Estimate? Percentile(double share)
    {
        var count = Latency.Count;
        var half = Z * Math.Sqrt(count * share * (1 - share));
        var (low, high) = ((long)Math.Floor((count * share) - half), (long)Math.Ceiling((count * share) + half) + 1);
        return low < 1 || high > count || Latency.RangeOfRank(high).To == TimeSpan.MaxValue ? null
            : new Estimate(Latency.Percentile(share).TotalSeconds, Latency.RangeOfRank(low).From.TotalSeconds, Latency.RangeOfRank(high).To.TotalSeconds);
    }
}
