using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Scoring.Telemetry;

namespace InfraTests.Alerts;

/// <summary>
/// A stream of telemetry as a workspace would hold it: rows that the app's own metrics and aggregator make, a minute at a time, from what
/// processes are said to have done, and the queue's log beside them.
/// </summary>
internal sealed class Recording : IDisposable
{
    public const string Model = "intent";

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider clock = new(Start);
    private readonly List<(ScoringMetrics Metrics, MetricAggregator Aggregator)> _processes = [];
    private readonly List<object> metrics = [];
    private readonly List<object> queueLog = [];

    /// <summary>The SLO that the requests' model promises.</summary>
    public TimeSpan Slo { get; init; } = TimeSpan.FromMilliseconds(50);

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Starts a process that has taken so long to get ready; its first request comes when something is asked of it.</summary>
    public Process StartProcess(TimeSpan start)
    {
        this.clock.AdjustTime(this.clock.GetUtcNow() - start);
        var clock = new ColdStartClock(this.clock);
        this.clock.Advance(start);
        clock.Mark(ColdStartPhase.Build);
        clock.Mark(ColdStartPhase.Start);
        clock.Mark(ColdStartPhase.Ready);
        var metrics = new ScoringMetrics(clock, this.clock);
        _processes.Add((metrics, new MetricAggregator(metrics)));
        return new Process(this, metrics);
    }

    /// <summary>Lets minutes pass; at the end of each, every process sends what it counted.</summary>
    public void Minutes(int count, Action<int>? each = null)
    {
        for (var minute = 0; minute < count; minute++)
        {
            each?.Invoke(minute);
            foreach (var point in _processes.SelectMany(process => process.Aggregator.Collect()))
            {
                metrics.Add(new
                {
                    TimeGenerated = Now,
                    point.Name,
                    ItemCount = point.Count,
                    point.Sum,
                    point.Min,
                    point.Max,
                    Properties = point.Dimensions.ToDictionary(dimension => dimension.Key, dimension => dimension.Value),
                });
            }

            clock.Advance(Minute);
        }
    }

    /// <summary>An operation on a queue, as its account logs it.</summary>
    public void QueueOperation(string operation, string queue = "score-requests") => queueLog.Add(new
    {
        TimeGenerated = Now,
        OperationName = operation,
        Uri = $"https://stdata.queue.example:443/{queue}/messages?visibilitytimeout=0",
    });

    /// <summary>What was recorded, as tools/simulate.mjs takes it.</summary>
    public object Stream => new
    {
        from = Start.ToUnixTimeMilliseconds(),
        to = Now,
        tables = new { AppMetrics = metrics, StorageQueueLogs = queueLog },
    };

    /// <summary>The rules of a folder of Bicep that fire on what was recorded, with the dimension's values and when, in minutes from the start.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<Firing>> Play(string? folder = null)
    {
        var fired = NodeTools.Ask<Dictionary<string, List<JsonElement>>>(new { tool = "simulate", rules = Deployed.With(new { }, folder).Rules, stream = Stream });
        return fired.ToDictionary(rule => rule.Key, IReadOnlyList<Firing> (rule) => [.. rule.Value.Select(each => new Firing(
            (int)(DateTimeOffset.FromUnixTimeMilliseconds(each.GetProperty("at").GetInt64()) - Start).TotalMinutes, each.GetProperty("of").GetString()!))]);
    }

    public void Dispose() => _processes.ForEach(process => process.Metrics.Dispose());

    /// <param name="Minute">From the start of the recording.</param>
    /// <param name="Of">The value of the dimension that the rule splits by; empty where it does not.</param>
    internal sealed record Firing(int Minute, string Of);

    /// <summary>One worker process of the fleet.</summary>
    internal sealed class Process(Recording recording, ScoringMetrics metrics)
    {
        public ScoringMetrics Metrics => metrics;

        /// <summary>Answers requests that take so long.</summary>
        public void Answer(int count, TimeSpan duration, string code = ScoringMetrics.Ok)
        {
            for (var request = 0; request < count; request++)
            {
                metrics.RequestCompleted(Model, "3", code, duration, recording.Slo, code == ScoringMetrics.Ok ? 1 : 0);
            }
        }
    }
}
