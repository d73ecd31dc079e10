using Scoring.Telemetry;

namespace InfraTests.Alerts;

/// <content>The numbers of the rule on drift, and what its rows must say.</content>
internal static partial class Scenarios
{
    private static IEnumerable<Scenario> Drift =>
    [
        // The index of 743 and 257 against 500 and 500 is 0.25797, and of 744 and 256 0.26031. Chance takes off 0.008.
        new("drift", "743 of 1,000 where half are expected", "", Counted(600, [500, 500], [743, 257])),
        new("drift", "744 of 1,000 where half are expected", "drift 3 intent 3 Month 120-420", Counted(600, [500, 500], [744, 256])),
        new("drift", "all in one bin, of 499 rows", "", Counted(600, [500, 500], [499, 0])),
        new("drift", "all in one bin, of 500 rows", "drift 3 intent 3 Month 120-420", Counted(600, [500, 500], [500, 0])),
        // The empty bin counts as half a row: with 0.4 or 0.6 of one the other would fire.
        new("drift", "647 of 1,000, and none where 40 are expected", "", Counted(600, [480, 480, 40], [647, 353, 0])),
        new("drift", "648 of 1,000, and none where 40 are expected", "drift 3 intent 3 Month 120-420", Counted(600, [480, 480, 40], [648, 352, 0])),
        new("drift", "1,484 of 2,000 where half are expected, over two instances", "", Counted(600, [500, 500], [742, 258], [742, 258])),
        new("drift", "1,486 of 2,000 where half are expected, over two instances", "drift 3 intent 3 Month 120-420", Counted(600, [500, 500], [743, 257], [743, 257])),
        new("drift", "a shift of a day ago, and rows still coming", "drift 3 intent 3 Month 120-1500", recording =>
        {
            recording.PassTo(45);
            var counts = Count(recording.WarmProcess(), [500, 500], 900, 100);
            recording.Minutes(16);
            recording.Every(60, 40, _ => counts[1]++);
        }),
    ];

    // Rows of version 3, sent an hour after the start.
    private static Action<Recording> Counted(int minutes, long[] expected, params long[][] counted) => recording =>
    {
        recording.PassTo(45);
        foreach (var counts in counted)
        {
            Count(recording.WarmProcess(), expected, counts);
        }

        recording.Minutes(16);
        recording.PassTo(minutes);
    };

    private static long[] Count(Recording.Process process, long[] expected, params long[] counted)
    {
        var rows = expected.Sum();
        var month = new BinnedFeature("Month", [.. expected.Select((_, bin) => $"{bin}")], [.. expected.Select(each => (double)each / rows)], (int)rows);
        var counts = process.Metrics.Drift(Recording.Model, "3", "content", [month])!.Rent();
        counted.CopyTo(counts, 0);
        return counts;
    }
}
