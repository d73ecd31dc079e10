namespace ModelTool.Tuning;

/// <summary>
/// Measures all settings shortly, keeps the better half, measures those for twice as long, and so on (Jamieson and Talwalkar 2016): time goes where the
/// decision is close. The setting in use now is kept to the end, so that the winner is measured beside it.
/// </summary>
internal sealed class SuccessiveHalving(TimeSpan slo, TimeSpan shortest)
{
    private const int Finalists = 4;

    /// <summary>Runs all rounds.</summary>
    /// <param name="settings">What to choose from.</param>
    /// <param name="now">The setting in use; one of them.</param>
    /// <param name="measure">Measures settings in one round, each for so long.</param>
    /// <returns>The last measurement of each setting.</returns>
    public async Task<IReadOnlyList<TuneMeasurement>> RunAsync(IReadOnlyList<TuneSetting> settings, TuneSetting now, Func<int, IReadOnlyList<TuneSetting>, TimeSpan, Task<IReadOnlyList<TuneMeasurement>>> measure)
    {
        var last = new Dictionary<TuneSetting, TuneMeasurement>();
        var (left, time) = (settings, shortest);
        for (var round = 1; ; round++)
        {
            foreach (var found in await measure(round, left, time))
            {
                last[found.Setting] = found;
            }

            if (left.Count <= Finalists)
            {
                return [.. last.Values];
            }

            var better = TuneMeasurement.Ranked(left.Select(setting => last[setting]), slo).Take(Math.Max(Finalists - 1, (left.Count + 1) / 2)).Select(found => found.Setting);
            left = [.. better.Append(now).Distinct().Take(left.Count - 1)];
            time *= 2;
        }
    }
}
