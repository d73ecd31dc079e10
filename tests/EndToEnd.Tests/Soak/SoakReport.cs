using System.Globalization;

namespace EndToEnd.Tests.Soak;

/// <summary>Whether a process that soaked holds at the end what it held once it was warm: the last quarter beside the second. The first is what caches and compilers take.</summary>
internal sealed class SoakReport
{
    private const double MaxGrowth = 1.05;

    // What is counted by the dozen comes and goes by ones and twos: a connection, a thread of the pool.
    private const double MaxMore = 2;

    private readonly List<Line> lines = [];
    private readonly List<Line> tails = [];

    public SoakReport(IReadOnlyList<SoakWindow> windows)
    {
        var quarter = Math.Max(1, windows.Count / 4);
        var (before, after) = (windows.Skip(quarter).Take(quarter).ToList(), windows.TakeLast(quarter).ToList());
        lines.Add(Compare("resident", window => window.ResidentBytes / 1e6, 0, " MB"));
        lines.Add(Compare("handles", window => window.Handles, MaxMore, ""));
        lines.Add(Compare("threads", window => window.Threads, MaxMore, ""));
        lines.Add(Compare("scratch files", window => window.Files, MaxMore, ""));
        tails.Add(Compare("p99", window => window.P99, 0, " ms"));
        tails.Add(Compare("p99 beside an idle server's", window => window.P99 / window.P99Beside, 0, "x"));

        Line Compare(string what, Func<SoakWindow, double> value, double more, string unit)
        {
            var first = SoakWindow.Median(before.Select(value));
            return new(what, first, SoakWindow.Median(after.Select(value)), Math.Max(first * MaxGrowth, first + more), unit);
        }
    }

    /// <summary>What grew; empty when nothing did. A tail that grows as the idle server's does is the machine's.</summary>
    public IReadOnlyList<string> Grown() =>
        [.. lines.Concat(tails.TrueForAll(line => line.HasGrown) ? tails : []).Where(line => line.HasGrown).Select(line => line.ToString())];

    public override string ToString() => string.Join("; ", lines.Concat(tails));

    private sealed record Line(string What, double Before, double After, double Allowed, string Unit)
    {
        public bool HasGrown => After > Allowed;

        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"{What} {Before:0.##}{Unit}, at the end {After:0.##}{Unit} (at most {Allowed:0.##})");
    }
}
