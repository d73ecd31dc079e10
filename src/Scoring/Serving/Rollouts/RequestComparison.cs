using Scoring.Calibration;

namespace Scoring.Serving.Rollouts;

/// <summary>Compares the versions of a rollout by how their requests ended.</summary>
internal static class RequestComparison
{
    private static readonly (string Name, Func<VersionTally, Estimate?> Find, Func<VersionTally, long> Count)[] Measures =
    [
        ("errors", tally => tally.Errors, tally => tally.Requests),
        ("p50", tally => tally.Percentile(0.50), tally => tally.Latency.Count),
        ("p99", tally => tally.Percentile(0.99), tally => tally.Latency.Count),
    ];

    /// <summary>Every measure of every version of the latest step in which the live version and a candidate had requests, the live version first; nothing where there is none.</summary>
    public static IReadOnlyList<RequestMeasure> Of(TallySum sum, string live, IReadOnlyList<string> candidates)
    {
        var step = sum.All.Where(each => each.Tally.Requests > 0).GroupBy(each => each.Step, each => each.Version)
            .LastOrDefault(same => same.Contains(live) && same.Any(candidates.Contains));
        return step is null ? [] : [.. Measures.SelectMany(measure => Compare(measure, sum, step, live, candidates))];
    }

    private static IEnumerable<RequestMeasure> Compare(
        (string Name, Func<VersionTally, Estimate?> Find, Func<VersionTally, long> Count) measure, TallySum sum, IGrouping<int, string> step, string live, IReadOnlyList<string> candidates)
    {
        var beside = measure.Find(sum.Of(step.Key, live));
        foreach (var version in candidates.Where(step.Contains).Prepend(live))
        {
            var tally = sum.Of(step.Key, version);
            var found = measure.Find(tally);
            yield return new RequestMeasure(measure.Name, step.Key + 1, version, measure.Count(tally), found, version == live ? null : beside is { } other ? found?.Less(other) : null);
        }
    }
}
