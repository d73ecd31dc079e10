namespace Scoring.Serving.Rollouts;

/// <summary>Requests of a rollout by step and version. One caller at a time.</summary>
internal sealed class TallySum
{
    private readonly SortedDictionary<(int Step, int Number), (string Version, VersionTally Tally)> tallies = [];

    /// <summary>Every step and version with a request, in their order.</summary>
    public IEnumerable<(int Step, string Version, VersionTally Tally)> All => tallies.Select(each => (each.Key.Step, each.Value.Version, each.Value.Tally));

    /// <summary>Those of a version in a step.</summary>
    public VersionTally Of(int step, string version)
    {
        var key = (step, Repository.PackageNames.NumberOf(version));
        if (!tallies.TryGetValue(key, out var known))
        {
            tallies[key] = known = (version, new VersionTally());
        }

        return known.Tally;
    }
}
