using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Scoring.Telemetry;

namespace Scoring.Serving;

/// <summary>Loads what <see cref="ScoringOptions.Preload"/> names beside the host's start, never in its way, and keeps trying until all have loaded.</summary>
internal sealed partial class ModelPreload(
    ModelCatalog catalog, IOptions<ScoringOptions> options, ColdStartClock coldStart, TimeProvider time, ILogger<ModelPreload> log) : IHostedService, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource stopping = new();
    private Task? loading;
    private int hasBegun;

    /// <summary>Begins to load, unless it has; returns at once. Thread safe.</summary>
    public void Begin()
    {
        if (Interlocked.Exchange(ref hasBegun, 1) == 0)
        {
            loading = Task.Run(() => LoadAsync(stopping.Token));
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Begin();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        if (loading is { } running)
        {
            await running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => stopping.Dispose();

    private async Task LoadAsync(CancellationToken stoppingToken)
    {
        var names = options.Value.Preload;
        if (names.Count == 0)
        {
            return;
        }

        await Task.WhenAll(names.Select(name => Task.Run(() => LoadAsync(name, stoppingToken), stoppingToken))).ConfigureAwait(false);
        catalog.IsPreloaded = true;
        coldStart.Mark(ColdStartPhase.Ready);
    }

    private async Task LoadAsync(string name, CancellationToken stoppingToken)
    {
        for (var isFirst = true; ; isFirst = false)
        {
            try
            {
                (await catalog.LeaseAsync(name, null, stoppingToken).ConfigureAwait(false)).Dispose();
                return;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                if (isFirst)
                {
                    LogWaiting(name, e.Message);
                }

                await Task.Delay((e as ScoringException)?.RetryAfter ?? Pause, time, stoppingToken).ConfigureAwait(false);
            }
        }
    }

    [LoggerMessage(EventId = 2041, Level = LogLevel.Warning, Message = "{Model} is to be loaded at start and cannot be yet: {Reason} It is tried again until it can")]
    private partial void LogWaiting(string model, string reason);
}
