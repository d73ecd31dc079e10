using System.Text.Json;
using System.Text.RegularExpressions;
using Scoring.Telemetry;

namespace InfraTests.Alerts;

/// <summary>
/// A stream of telemetry as a workspace would hold it: rows that the app's own metrics and aggregator make from what processes are said to have done, and beside
/// them the platform's metrics, the queue's log and the host's traces. Only metrics that a rule reads are kept.
/// </summary>
internal sealed partial class Recording : IDisposable
{
    public const string Model = "intent";

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);
    private static readonly Lazy<HashSet<string>> Read = new(() =>
        [.. Directory.EnumerateFiles(Path.Combine(BicepCompiler.Folder, "kql", "alerts")).SelectMany(file => MetricName().Matches(File.ReadAllText(file)).Select(match => match.Value))]);

    private readonly Clock clock = new(Start);
    private readonly List<(ScoringMetrics Metrics, MetricAggregator Aggregator, Process Process)> _processes = [];
    private readonly List<object> metrics = [];
    private readonly List<object> queueLog = [];
    private readonly List<object> platform = [];
    private readonly List<object> traces = [];
    private readonly List<object> exceptions = [];

    /// <summary>The SLO that the requests' model promises.</summary>
    public TimeSpan Slo { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Starts a process that has taken so long to get ready; its first request comes when something is asked of it.</summary>
    public Process StartProcess(TimeSpan start)
    {
        this.clock.Now -= start;
        var clock = new ColdStartClock(this.clock);
        this.clock.Now += start;
        clock.Mark(ColdStartPhase.Build);
        clock.Mark(ColdStartPhase.Start);
        clock.Mark(ColdStartPhase.Ready);
        var metrics = new ScoringMetrics(clock, this.clock);
        var process = new Process(this, metrics);
        _processes.Add((metrics, new MetricAggregator(metrics), process));
        return process;
    }

    /// <summary>A process whose cold start lies so far back that nothing it answers counts as cold, and is in no row.</summary>
    public Process WarmProcess()
    {
        var process = StartProcess(TimeSpan.FromSeconds(2));
        process.Answer(1, TimeSpan.FromMilliseconds(4));
        _processes[^1].Aggregator.Collect();
        process.Since = TimeSpan.FromMinutes(15);
        return process;
    }

    /// <summary>Lets minutes pass; at the end of each, every process sends what it counted.</summary>
    public void Minutes(int count, Action<int>? each = null) => Every(1, count, each);

    /// <summary>Lets steps of some minutes pass; what happened in a step is sent with the time of its beginning.</summary>
    public void Every(int minutes, int count, Action<int>? each = null)
    {
        for (var step = 0; step < count; step++)
        {
            each?.Invoke(step);
            foreach (var point in _processes.Where(process => !process.Process.IsGone).SelectMany(process => process.Aggregator.Collect()).Where(point => Read.Value.Contains(point.Name)))
            {
                metrics.Add(new
                {
                    TimeGenerated = clock.Milliseconds,
                    point.Name,
                    ItemCount = point.Count,
                    point.Sum,
                    point.Min,
                    point.Max,
                    Properties = point.Dimensions.ToDictionary(dimension => dimension.Key, dimension => dimension.Value),
                });
            }

            clock.Now += minutes * Minute;
        }
    }

    /// <summary>Lets time pass in which nothing is sent, up to a minute from the start.</summary>
    public void PassTo(int minute) => clock.Now = Start + minute * Minute;

    /// <summary>An operation on a queue, as its account logs it.</summary>
    public void QueueOperation(string operation, string queue = "score-requests", string status = "Success") => queueLog.Add(new
    {
        TimeGenerated = clock.Milliseconds,
        OperationName = operation,
        Uri = $"https://stdata.queue.example:443/{queue}/messages?visibilitytimeout=0",
        StatusText = status,
    });

    /// <summary>A metric of the platform's own, for a minute.</summary>
    public void PlatformMetric(string name, double value) => platform.Add(new { TimeGenerated = clock.Milliseconds, MetricName = name, Total = value, Average = value });

    /// <summary>What the host of an instance logs.</summary>
    public void Trace(string message, string instance) => traces.Add(new { TimeGenerated = clock.Milliseconds, AppRoleInstance = instance, Message = message });

    /// <summary>What the host of an instance logs with an exception that another may have caused.</summary>
    public void Exception(string outer, string inner, string instance) =>
        exceptions.Add(new { TimeGenerated = clock.Milliseconds, AppRoleInstance = instance, OuterMessage = outer, InnermostMessage = inner });

    /// <summary>What was recorded, as tools/simulate.mjs takes it.</summary>
    public object Stream => new
    {
        from = Start.ToUnixTimeMilliseconds(),
        to = clock.Milliseconds,
        tables = new { AppMetrics = metrics, StorageQueueLogs = queueLog, AzureMetrics = platform, AppTraces = traces, AppExceptions = exceptions },
    };

    public void Dispose() => _processes.ForEach(process => process.Metrics.Dispose());

    [GeneratedRegex(@"scoring(\.[a-z_]+)+")]
    private static partial Regex MetricName();

    /// <summary>One worker process of the fleet.</summary>
    internal sealed class Process(Recording recording, ScoringMetrics metrics)
    {
        public ScoringMetrics Metrics => metrics;

        /// <summary>True once the process has ended: it sends nothing more.</summary>
        public bool IsGone { get; set; }

        /// <summary>How long before the recording it had given its first answer.</summary>
        public TimeSpan Since { get; set; }

        /// <summary>Answers requests that take so long.</summary>
        public void Answer(int count, TimeSpan duration, string code = ScoringMetrics.Ok, string model = Model)
        {
            recording.clock.Ahead = Since;
            for (var request = 0; request < count; request++)
            {
                metrics.RequestCompleted(model, "3", code, duration, recording.Slo, code == ScoringMetrics.Ok ? 1 : 0);
            }

            recording.clock.Ahead = TimeSpan.Zero;
        }
    }

    private sealed class Clock(DateTimeOffset start) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = start;

        /// <summary>How far the clock of a process is ahead, so that it counts as long warm.</summary>
        public TimeSpan Ahead { get; set; }

        public long Milliseconds => Now.ToUnixTimeMilliseconds();

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => (Now + Ahead).Ticks;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
