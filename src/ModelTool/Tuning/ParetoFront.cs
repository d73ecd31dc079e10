namespace ModelTool.Tuning;

/// <summary>The settings that nothing beats in both: no other has a lower 99th percentile and as much capacity, or more capacity and as low a percentile.</summary>
internal static class ParetoFront
{
    /// <summary>The front, fastest first.</summary>
    public static IReadOnlyList<TuneMeasurement> Of(IEnumerable<TuneMeasurement> measurements)
    {
        var front = new List<TuneMeasurement>();
        foreach (var found in measurements.Where(found => found.Latency is not null).OrderBy(found => found.P99Microseconds).ThenByDescending(found => found.Capacity))
        {
            if (front.Count == 0 || found.Capacity > front[^1].Capacity)
            {
                front.Add(found);
            }
        }

        return front;
    }
}
