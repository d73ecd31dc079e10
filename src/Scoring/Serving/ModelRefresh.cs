using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Scoring.Serving;

/// <summary>Reads the live pointers again, every <see cref="ScoringOptions.RefreshInterval"/>. A model that takes long to swap delays no other.</summary>
internal sealed partial class ModelRefresh(ModelCatalog catalog, IOptions<ScoringOptions> options, TimeProvider time, ILogger<ModelRefresh> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.RefreshInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            _ = RefreshAsync(stoppingToken);
        }
    }

    private async Task RefreshAsync(CancellationToken stoppingToken)
    {
        try
        {
            await catalog.RefreshAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailed(Cause.Trace(e), Cause.Of(e));
        }
        catch (OperationCanceledException)
        {
            // The app stops.
        }
    }

    [LoggerMessage(EventId = 2040, Level = LogLevel.Error, Message = "Reading the live pointers failed: {Cause}")]
    private partial void LogFailed(Exception? exception, string cause);
}
