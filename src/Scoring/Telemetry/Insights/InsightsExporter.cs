using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Scoring.Telemetry.Logs;

namespace Scoring.Telemetry.Insights;

/// <summary>
/// Sends metrics, chosen requests, spans and lines of the log to Application Insights, from a thread of its own. What happens before the client exists is queued;
/// the client is made only after the first answer (or, in a process that answers nothing, some time after the first incident or a minute after its start: that
/// a process is there is known by what it sends). Whatever the service does, no more is held than the queues and <see cref="MaxWaiting"/> allow.
/// </summary>
internal sealed partial class InsightsExporter : IHostedService, IDisposable
{
    // In a process that never answers, such as one whose model is refused at start, alerts must still get their metrics.
    private static readonly TimeSpan IncidentDelay = TimeSpan.FromSeconds(30);
    // An app that nobody asks says that it is there as well: alerts tell an app that is gone by its silence. By then the start has nothing to lose.
    private static readonly TimeSpan IdleDelay = TimeSpan.FromMinutes(1);
    /// <summary>Items that may wait for the service. Beyond it, requests, spans and lines stay in their queues, which drop and count what does not fit; metrics go on to add up.</summary>
    internal const int MaxWaiting = 4096;

    private static readonly TimeSpan DrainInterval = TimeSpan.FromSeconds(1);

    private readonly ScoringMetrics metrics;
    private readonly MetricAggregator aggregator;
    private readonly TimeProvider time;
    private readonly TelemetryOptions options;
    private readonly Func<InsightsClient> connect;
    private readonly ILogger<InsightsExporter> logger;
    private readonly RequestSampler requests;
    private readonly SpanSampler spans;
    private readonly LogQueue logs;
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationTokenSource ending = new();
    private readonly TaskCompletionSource connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task running = Task.CompletedTask;
    private InsightsClient? client;
    private long refusedSeen;

    public InsightsExporter(
        ScoringMetrics metrics,
        InsightsSettings settings,
        IConfiguration configuration,
        LogQueue logs,
        IOptions<TelemetryOptions> options,
        TimeProvider time,
        ILogger<InsightsExporter> logger)
    {
        this.metrics = metrics;
        aggregator = new MetricAggregator(metrics);
        this.time = time;
        this.options = options.Value;
        this.logger = logger;
        this.logs = logs;
        connect = () => new InsightsClient(settings, configuration, time);
        var period = TimeSpan.FromSeconds(1 / this.options.RequestsPerSecond);
        requests = new RequestSampler(time, period);
        spans = new SpanSampler(time, period);
    }

    /// <summary>Completes once the SDK's client is made.</summary>
    public Task Connected => connected.Task;

    /// <summary>Items that wait for the service; 0 before the client is made.</summary>
    internal int Waiting => Volatile.Read(ref client)?.Waiting ?? 0;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        metrics.RequestObserver = requests;
        running = Task.Run(() => RunAsync(stopping.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        metrics.RequestObserver = null;
        // What is on its way is let arrive: cut off, it would be sent a second time. An endpoint that hangs must not keep the process from ending.
        ending.CancelAfter(options.ShutdownTimeout);
        await using var cut = cancellationToken.Register(ending.Cancel);
        await stopping.CancelAsync();
        await running;
        CountLost();
        if (client is null && !metrics.FirstAnswer.IsCompleted && !metrics.FirstIncident.IsCompleted)
        {
            return;
        }

        try
        {
            await Task.Run(() => FlushAsync(ending.Token), CancellationToken.None).WaitAsync(ending.Token);
        }
        catch (OperationCanceledException)
        {
            LogDropped(logger, options.ShutdownTimeout);
        }
    }

    public void Dispose()
    {
        spans.Dispose();
        stopping.Dispose();
        ending.Dispose();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            await WaitForStartAsync(stopping);
            Volatile.Write(ref client, connect());
            connected.SetResult();
            LogConnected(logger);
            var due = time.GetUtcNow() + options.Interval;
            using var timer = new PeriodicTimer(options.Interval < DrainInterval ? options.Interval : DrainInterval, time);
            do
            {
                if (time.GetUtcNow() >= due && client!.Waiting < MaxWaiting)
                {
                    due = time.GetUtcNow() + options.Interval;
                    SendMetrics(client);
                }

                Drain(client!, MaxWaiting / 2);
                await client!.SendAsync(isLast: false, ending.Token);
                CountRefused(client);
            }
            while (await timer.WaitForNextTickAsync(stopping));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested || ending.IsCancellationRequested)
        {
        }
#pragma warning disable CA1031 // Telemetry that fails, whatever the SDK throws, must not end the app that it watches.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            metrics.RequestObserver = null;
            LogFailed(logger, exception);
        }
    }

    private async Task WaitForStartAsync(CancellationToken stopping)
    {
        var answered = metrics.FirstAnswer;
        if (await Task.WhenAny(answered, metrics.FirstIncident, Task.Delay(IdleDelay, time, stopping)).WaitAsync(stopping) == metrics.FirstIncident)
        {
            await Task.WhenAny(answered, Task.Delay(IncidentDelay, time, stopping)).WaitAsync(stopping);
        }

        await Task.Delay(options.StartDelay, time, stopping);
    }

    // A process that ends right after its first answer has had no client yet.
    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        var client = this.client ??= connect();
        SendMetrics(client, isLast: true);
        Drain(client, MaxWaiting);
        await client.SendAsync(isLast: true, cancellationToken);
        await client.DisposeAsync();
    }

    // The rest stays where it is counted: half of what may wait is left to the metrics.
    private void Drain(InsightsClient client, int most)
    {
        while (client.Waiting < most && logs.Kept.TryTake(out var line))
        {
            client.Send(line);
        }

        while (client.Waiting < most && requests.Kept.TryTake(out var request))
        {
            client.Send(request);
        }

        while (client.Waiting < most && spans.Kept.TryTake(out var span))
        {
            client.Send(span, SpanSampler.WeightOf(span));
        }

        CountLost();
    }

    private void CountLost() => metrics.TelemetryLost("full", requests.Kept.TakeLost() + spans.Kept.TakeLost() + logs.Kept.TakeLost());

    private void CountRefused(InsightsClient client)
    {
        if (client.Refused - refusedSeen is > 0 and var more)
        {
            refusedSeen += more;
            metrics.TelemetryLost("refused", more);
            LogRefused(logger, more);
        }
    }

    private void SendMetrics(InsightsClient client, bool isLast = false)
    {
        var now = time.GetUtcNow();
        foreach (var point in aggregator.Collect(isLast))
        {
            client.Send(point, now);
        }
    }

    [LoggerMessage(EventId = 3001, Level = LogLevel.Debug, Message = "Application Insights is set up")]
    private static partial void LogConnected(ILogger logger);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Warning, Message = "Telemetry has stopped; the app goes on without it")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 3004, Level = LogLevel.Warning, Message = "Application Insights has refused {Items} items for good")]
    private static partial void LogRefused(ILogger logger, long items);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Information, Message = "Telemetry that could not be sent within {Timeout} of shutdown was dropped")]
    private static partial void LogDropped(ILogger logger, TimeSpan timeout);
}
