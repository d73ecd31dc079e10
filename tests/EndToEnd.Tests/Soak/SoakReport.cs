using System.Globalization;

namespace EndToEnd.Tests.Soak;

/// <summary>
/// Whether a process that soaked holds at the end what it held once it was warm: the last quarter beside the second. The first is what caches and compilers take. The tail of a window is twelve
/// requests of 1,200 and differs from window to window by more than the allowed 5 %, so its growth is told with an interval, and has been seen only where all of that is beyond.
/// </summary>
internal sealed class SoakReport
{
    private const double MaxGrowth = 1.05;

    // What is counted by the dozen comes and goes by ones and twos: a connection, a thread of the pool.
    private const double MaxMore = 2;

    // The pool tries how many threads serve best, and lets the others end, as it finds.
    private const double MaxMoreOfPool = 8;

    private const int Resamples = 4_000;
    private const double Beyond = 0.025;

    private readonly List<Line> lines = [];
    private readonly List<Line> tails = [];

    public SoakReport(IReadOnlyList<SoakWindow> windows)
    {
        var quarter = Math.Max(1, windows.Count / 4);
        var (before, after) = (windows.Skip(quarter).Take(quarter).ToList(), windows.TakeLast(quarter).ToList());
        lines.Add(Compare("resident", window => window.ResidentBytes / 1e6, 0, " MB"));
        lines.Add(Compare("handles", window => window.Handles, MaxMore, ""));
        lines.Add(Compare("threads", window => window.Threads, MaxMore, ""));
        lines.Add(Compare("threads of the pool", window => window.PoolThreads, MaxMoreOfPool, ""));
        lines.Add(Compare("scratch files", window => window.Files, MaxMore, ""));
        tails.Add(CompareTail("p99", window => window.P99, " ms"));
        tails.Add(CompareTail("p99 beside an idle server's", window => window.P99 / window.P99Beside, "x"));

        Line Compare(string what, Func<SoakWindow, double> value, double more, string unit)
        {
            var first = SoakWindow.Median(before.Select(value));
            var (last, allowed) = (SoakWindow.Median(after.Select(value)), Math.Max(first * MaxGrowth, first + more));
            return new(what, first, last, unit, string.Create(CultureInfo.InvariantCulture, $"at most {allowed:0.##}"), last > allowed);
        }

        Line CompareTail(string what, Func<SoakWindow, double> value, string unit)
        {
            var (first, last) = (before.Select(value).ToArray(), after.Select(value).ToArray());
            var (low, high) = Growth(first, last);
            return new(what, SoakWindow.Median(first), SoakWindow.Median(last), unit, string.Create(CultureInfo.InvariantCulture, $"{low:0.00} to {high:0.00} times"), low > MaxGrowth);
        }
    }

    /// <summary>What grew; empty when nothing did. A tail that grows as the idle server's does is the machine's.</summary>
    public IReadOnlyList<string> Grown() =>
        [.. lines.Concat(tails.TrueForAll(line => line.HasGrown) ? tails : []).Where(line => line.HasGrown).Select(line => line.ToString())];

    public override string ToString() => string.Join("; ", lines.Concat(tails));

    // A bootstrap interval of 95 % for the median of the last windows over that of the first.
    private static (double Low, double High) Growth(double[] first, double[] last)
    {
        var random = new Random(23);
        var ratios = Enumerable.Range(0, Resamples).Select(_ => Resampled(last) / Resampled(first)).Order().ToArray();
        return (ratios[(int)(Beyond * Resamples)], ratios[(int)((1 - Beyond) * Resamples)]);

        double Resampled(double[] values) => SoakWindow.Median(random.GetItems(values, values.Length));
    }

    private sealed record Line(string What, double Before, double After, string Unit, string Judged, bool HasGrown)
    {
        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"{What} {Before:0.##}{Unit}, at the end {After:0.##}{Unit} ({Judged})");
    }
}
