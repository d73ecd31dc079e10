using System.Collections.Concurrent;

namespace EndToEnd.Tests.Soak;

/// <summary>What was seen in a part of a soak. Thread safe while it is filled.</summary>
internal sealed class SoakWindow
{
    private readonly ConcurrentBag<SoakSample> samples = [];
    private readonly ConcurrentBag<double> app = [];
    private readonly ConcurrentBag<double> beside = [];

    public double ResidentBytes => Median(samples.Select(sample => (double)sample.ResidentBytes));

    public double Handles => Median(samples.Select(sample => (double)sample.Handles));

    public double Threads => Median(samples.Select(sample => (double)sample.Threads));

    public double PoolThreads => Median(samples.Select(sample => (double)sample.PoolThreads));

    public double Files => Median(samples.Select(sample => (double)sample.Files));

    /// <summary>Milliseconds of good requests to the app.</summary>
    public double P99 => Quantile(app, 0.99);

    /// <summary>The same of requests, at the same times, to a server of the test's own that does nothing: what the machine does to both.</summary>
    public double P99Beside => Quantile(beside, 0.99);

    public void Add(SoakSample sample) => samples.Add(sample);

    /// <param name="took">From the request to its answer.</param>
    /// <param name="isApp">False for the server beside it.</param>
    public void Add(TimeSpan took, bool isApp) => (isApp ? app : beside).Add(took.TotalMilliseconds);

    public static double Median(IEnumerable<double> values) => Quantile(values, 0.5);

    private static double Quantile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? 0 : sorted[(int)Math.Min(sorted.Count - 1, Math.Floor(sorted.Count * share))];
    }
}
