using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Scoring.Telemetry.Insights;

/// <summary>
/// Sends metrics, chosen requests and spans to Application Insights, from a thread of its own. What happens before the client exists is queued;
/// the client is made only after the first answer (or, in a process that answers nothing, some time after the first incident or a minute after its start: that
/// a process is there is known by what it sends).
/// </summary>
internal sealed partial class InsightsExporter : IHostedService, IDisposable
{
    // In a process that never answers, such as one whose model is refused at start, alerts must still get their metrics.
    private static readonly TimeSpan IncidentDelay = TimeSpan.FromSeconds(30);
    // An app that nobody asks says that it is there as well: alerts tell an app that is gone by its silence. By then the start has nothing to lose.
    private static readonly TimeSpan IdleDelay = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan DrainInterval = TimeSpan.FromSeconds(1);

    private readonly ScoringMetrics metrics;
    private readonly MetricAggregator aggregator;
    private readonly TimeProvider time;
    private readonly TelemetryOptions options;
    private readonly Func<InsightsClient> connect;
    private readonly ILogger<InsightsExporter> logger;
    private readonly RequestSampler requests;
    private readonly SpanSampler spans;
    private readonly CancellationTokenSource stopping = new();
    private readonly TaskCompletionSource connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task running = Task.CompletedTask;
    private InsightsClient? client;

    public InsightsExporter(
        ScoringMetrics metrics,
        InsightsSettings settings,
        IConfiguration configuration,
        Action<IServiceCollection>? configure,
        IOptions<TelemetryOptions> options,
        TimeProvider time,
        ILogger<InsightsExporter> logger)
    {
        this.metrics = metrics;
        aggregator = new MetricAggregator(metrics);
        this.time = time;
        this.options = options.Value;
        this.logger = logger;
        connect = () => new InsightsClient(settings, configuration, configure);
        var period = TimeSpan.FromSeconds(1 / this.options.RequestsPerSecond);
        requests = new RequestSampler(time, period);
        spans = new SpanSampler(time, period);
    }

    /// <summary>Completes once the SDK's client is made.</summary>
    public Task Connected => connected.Task;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        metrics.RequestObserver = requests;
        running = Task.Run(() => RunAsync(stopping.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        metrics.RequestObserver = null;
        await stopping.CancelAsync();
        await running;
        if (client is null && !metrics.FirstAnswer.IsCompleted && !metrics.FirstIncident.IsCompleted)
        {
            return;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.ShutdownTimeout);
        try
        {
            // The SDK's flush has no time limit of its own. An endpoint that hangs must not keep the process from ending.
            await Task.Run(FlushAsync, CancellationToken.None).WaitAsync(limit.Token);
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
                Drain(client!);
                if (time.GetUtcNow() >= due)
                {
                    due += options.Interval;
                    SendMetrics(client!);
                }
            }
            while (await timer.WaitForNextTickAsync(stopping));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
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
    private async Task FlushAsync()
    {
        var client = this.client ??= connect();
        Drain(client);
        SendMetrics(client);
        client.Flush();
        await client.DisposeAsync();
    }

    private void Drain(InsightsClient client)
    {
        while (requests.TryTake(out var request))
        {
            client.Send(request);
        }

        while (spans.TryTake(out var span, out var weight))
        {
            client.Send(span, weight);
        }
    }

    private void SendMetrics(InsightsClient client)
    {
        var now = time.GetUtcNow();
        foreach (var point in aggregator.Collect())
        {
            client.Send(point, now);
        }
    }

    [LoggerMessage(EventId = 3001, Level = LogLevel.Debug, Message = "Application Insights is set up")]
    private static partial void LogConnected(ILogger logger);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Warning, Message = "Telemetry has stopped; the app goes on without it")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Information, Message = "Telemetry that could not be sent within {Timeout} of shutdown was dropped")]
    private static partial void LogDropped(ILogger logger, TimeSpan timeout);
}
