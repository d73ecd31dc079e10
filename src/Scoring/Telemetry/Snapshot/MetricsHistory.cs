using Microsoft.Extensions.Hosting;

namespace Scoring.Telemetry;

/// <summary>The last quarter of an hour in steps of five seconds, so that a page opened late still shows what happened. Thread safe.</summary>
public sealed class MetricsHistory(ScoringMetrics metrics, TimeProvider time) : IHostedService, IDisposable
{
    /// <summary>The length of a step.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    /// <summary>Steps that are kept.</summary>
    public const int Capacity = 180;

    private readonly Lock gate = new();
    private readonly Queue<HistoryPoint> points = new();
    private MetricTotals before = new();
    private ITimer? timer;

    /// <summary>A copy of the steps, oldest first.</summary>
    public IReadOnlyList<HistoryPoint> Points
    {
        get
        {
            lock (gate)
            {
                return [.. points];
            }
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        timer = time.CreateTimer(_ => TakeStep(), null, Step, Step);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => timer?.DisposeAsync().AsTask() ?? Task.CompletedTask;

    public void Dispose() => timer?.Dispose();

    /// <summary>Ends a step now.</summary>
    internal void TakeStep()
    {
        foreach (var model in metrics.AllModels)
        {
            model.Drift?.Mark(time.GetUtcNow());
        }

        lock (gate)
        {
            var now = MetricTotals.Of(metrics);
            points.Enqueue(new HistoryPoint(
                time.GetUtcNow(),
                PackedDurations.Of(now.Latency.Since(before.Latency)),
                Increases(now.ErrorsByCode, before.ErrorsByCode),
                Increase(now.OverSlo, before.OverSlo),
                Increase(now.Cold, before.Cold),
                Increase(now.Rows, before.Rows),
                PackedDurations.Of(now.QueueAge.Since(before.QueueAge)),
                metrics.RunsQueued,
                Environment.WorkingSet));
            before = now;
            if (points.Count > Capacity)
            {
                points.Dequeue();
            }
        }
    }

    // Totals fall when the series of a version long replaced are let go.
    private static long Increase(long now, long before) => Math.Max(now - before, 0);

    private static Dictionary<string, long> Increases(Dictionary<string, long> now, Dictionary<string, long> before) =>
        now.Select(code => (code.Key, Value: Increase(code.Value, before.GetValueOrDefault(code.Key))))
            .Where(code => code.Value > 0)
            .ToDictionary(code => code.Key, code => code.Value);
}
