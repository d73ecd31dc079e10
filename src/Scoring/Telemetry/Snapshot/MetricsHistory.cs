using Microsoft.Extensions.Hosting;

namespace Scoring.Telemetry;

/// <summary>The last quarter of an hour in steps of five seconds, so that a page opened late still shows what happened. Thread safe.</summary>
public sealed class MetricsHistory(ScoringMetrics metrics, TimeProvider time) : IHostedService, IDisposable
{
    /// <summary>The length of a step.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    /// <summary>Steps that are kept.</summary>
    public const int Capacity = 180;

    private readonly Lock _lock = new();
    private readonly Queue<HistoryPoint> _points = new();
    private MetricTotals _before = new();
    private ITimer? _timer;

    /// <summary>A copy of the steps, oldest first.</summary>
    public IReadOnlyList<HistoryPoint> Points
    {
        get
        {
            lock (_lock)
            {
                return [.. _points];
            }
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _timer = time.CreateTimer(_ => TakeStep(), null, Step, Step);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _timer?.DisposeAsync().AsTask() ?? Task.CompletedTask;

    public void Dispose() => _timer?.Dispose();

    /// <summary>Ends a step now.</summary>
    internal void TakeStep()
    {
        lock (_lock)
        {
            var now = MetricTotals.Of(metrics);
            _points.Enqueue(new HistoryPoint(
                time.GetUtcNow(),
                now.Latency.Since(_before.Latency),
                Increases(now.ErrorsByCode, _before.ErrorsByCode),
                Increase(now.OverSlo, _before.OverSlo),
                Increase(now.Cold, _before.Cold),
                Increase(now.Rows, _before.Rows),
                now.QueueAge.Since(_before.QueueAge),
                metrics.RunsQueued,
                Environment.WorkingSet));
            _before = now;
            if (_points.Count > Capacity)
            {
                _points.Dequeue();
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
