using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Scoring.Telemetry.Insights;

/// <summary>
/// Sends metrics, chosen requests and spans to Application Insights, from a thread of its own. What happens before the client exists is queued;
/// the client is made only after the first answer (or, in a process that answers nothing, some time after the first incident).
/// </summary>
internal sealed partial class InsightsExporter : IHostedService, IDisposable
{
    // In a process that never answers, such as one whose model is refused at start, alerts must still get their metrics.
    private static readonly TimeSpan IncidentDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DrainInterval = TimeSpan.FromSeconds(1);

    private readonly ScoringMetrics _metrics;
    private readonly MetricAggregator _aggregator;
    private readonly TimeProvider _time;
    private readonly TelemetryOptions _options;
    private readonly Func<InsightsClient> _connect;
    private readonly ILogger<InsightsExporter> _logger;
    private readonly RequestSampler _requests;
    private readonly SpanSampler _spans;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;
    private InsightsClient? _client;

    public InsightsExporter(
        ScoringMetrics metrics,
        InsightsSettings settings,
        IConfiguration configuration,
        Action<IServiceCollection>? configure,
        IOptions<TelemetryOptions> options,
        TimeProvider time,
        ILogger<InsightsExporter> logger)
    {
        _metrics = metrics;
        _aggregator = new MetricAggregator(metrics);
        _time = time;
        _options = options.Value;
        _logger = logger;
        _connect = () => new InsightsClient(settings, configuration, configure);
        var period = TimeSpan.FromSeconds(1 / _options.RequestsPerSecond);
        _requests = new RequestSampler(time, period);
        _spans = new SpanSampler(time, period);
    }

    /// <summary>Completes once the SDK's client is made.</summary>
    public Task Connected => _connected.Task;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _metrics.RequestObserver = _requests;
        _running = Task.Run(() => RunAsync(_stopping.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _metrics.RequestObserver = null;
        await _stopping.CancelAsync();
        await _running;
        if (_client is null && !_metrics.FirstAnswer.IsCompleted && !_metrics.FirstIncident.IsCompleted)
        {
            return;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.ShutdownTimeout);
        try
        {
            // The SDK knows no bound on a flush, but an endpoint that hangs must not hold the process.
            await Task.Run(FlushAsync, CancellationToken.None).WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            LogDropped(_logger, _options.ShutdownTimeout);
        }
    }

    public void Dispose()
    {
        _spans.Dispose();
        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            await WaitForStartAsync(stopping);
            Volatile.Write(ref _client, _connect());
            _connected.SetResult();
            LogConnected(_logger);
            var due = _time.GetUtcNow() + _options.Interval;
            using var timer = new PeriodicTimer(_options.Interval < DrainInterval ? _options.Interval : DrainInterval, _time);
            do
            {
                Drain(_client!);
                if (_time.GetUtcNow() >= due)
                {
                    due += _options.Interval;
                    SendMetrics(_client!);
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
            _metrics.RequestObserver = null;
            LogFailed(_logger, exception);
        }
    }

    private async Task WaitForStartAsync(CancellationToken stopping)
    {
        var answered = _metrics.FirstAnswer;
        if (await Task.WhenAny(answered, _metrics.FirstIncident).WaitAsync(stopping) != answered)
        {
            await Task.WhenAny(answered, Task.Delay(IncidentDelay, _time, stopping)).WaitAsync(stopping);
        }

        await Task.Delay(_options.StartDelay, _time, stopping);
    }

    // A process that ends right after its first answer has had no client yet.
    private async Task FlushAsync()
    {
        var client = _client ??= _connect();
        Drain(client);
        SendMetrics(client);
        client.Flush();
        await client.DisposeAsync();
    }

    private void Drain(InsightsClient client)
    {
        while (_requests.TryTake(out var request))
        {
            client.Send(request);
        }

        while (_spans.TryTake(out var span, out var weight))
        {
            client.Send(span, weight);
        }
    }

    private void SendMetrics(InsightsClient client)
    {
        var now = _time.GetUtcNow();
        foreach (var point in _aggregator.Collect())
        {
            client.Send(point, now);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Application Insights is set up")]
    private static partial void LogConnected(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Telemetry has stopped; the app goes on without it")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Telemetry that could not be sent within {Timeout} of shutdown was dropped")]
    private static partial void LogDropped(ILogger logger, TimeSpan timeout);
}
