using System.Globalization;
using System.Net;
using Xunit.Abstractions;

namespace EndToEnd.Tests.Life;

/// <summary>More connections than the app may run and queue: one runs, eight wait, the rest is told to come back.</summary>
public sealed class OverloadTests(ITestOutputHelper output)
{
    private const int Queued = 8;
    private const int Capacity = Queued + 1;

    // Milliseconds per run: the run is what everybody waits for.
    private const int Work = 2_000_000;

    [Fact]
    public Task Score_TwiceTheCapacity_PredictionsOr429AndNothingElse() => OverloadAsync(TimeSpan.FromSeconds(3));

    [Fact]
    [Trait("Category", "Proof")]
    public Task Score_TwiceTheCapacityForLong_TheAcceptedKeepTheirLatency() => OverloadAsync(TimeSpan.FromSeconds(60));

    private async Task OverloadAsync(TimeSpan span)
    {
        await using var app = await OffsetApp.StartAsync(
            Work, ("Scoring__MaxConcurrentRuns", "1"), ("Scoring__MaxQueuedRequests", Queued.ToString(CultureInfo.InvariantCulture)));
        await LoadAsync(app, Capacity, TimeSpan.FromSeconds(1));

        var at = await LoadAsync(app, Capacity, span);
        var beyond = await LoadAsync(app, 2 * Capacity, span);

        Assert.All(at.Concat(beyond), a => Assert.True(a.IsConsistent || a.Status == HttpStatusCode.TooManyRequests, $"{a}"));
        Assert.Contains(beyond, a => a.Status == HttpStatusCode.TooManyRequests);
        var accepted = beyond.Where(a => a.IsConsistent).ToList();
        var (p99, p99Beyond) = (SteadyLoad.Quantile(at.Where(a => a.IsConsistent), 0.99), SteadyLoad.Quantile(accepted, 0.99));
        var refused = SteadyLoad.Quantile(beyond.Where(a => a.Status == HttpStatusCode.TooManyRequests), 0.5);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"p99 {p99.TotalMilliseconds:F1} ms at capacity ({Capacity} connections, {at.Count} answers), {p99Beyond.TotalMilliseconds:F1} ms for the {accepted.Count} accepted at twice that, ratio {p99Beyond / p99:F2}; {beyond.Count - accepted.Count} refused, the median after {refused.TotalMilliseconds:F1} ms"));
    }

    private static async Task<IReadOnlyList<SteadyLoad.Answer>> LoadAsync(OffsetApp app, int connections, TimeSpan span)
    {
        await using var load = new SteadyLoad(app, connections);
        await Task.Delay(span);
        return await load.StopAsync();
    }
}
