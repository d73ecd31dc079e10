using System.Globalization;
using Microsoft.Extensions.Hosting;
using Scoring.Repository;
using Scoring.Telemetry;

namespace Scoring.Serving;

/// <summary>
/// Tells the audit who published a version and when, once it answers: an app learns of no version before. Each instance tells it by itself, of a version that takes another's place, and of a
/// new model that was published while the instance ran.
/// </summary>
internal sealed class PublishAudit(IPackageRepository repository, ScoringMetrics metrics, AuditLog audit, TimeProvider time) : IHostedService
{
    // What is loaded sooner was there before the start, and a start has better things to do.
    private static readonly TimeSpan StartLasts = TimeSpan.FromMinutes(1);

    private DateTimeOffset started;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        started = time.GetUtcNow();
        metrics.Swapped += Tell;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        metrics.Swapped -= Tell;
        return Task.CompletedTask;
    }

    private void Tell(ModelSwap swap)
    {
        if (swap.FromVersion != swap.ToVersion && (swap.FromVersion.Length > 0 || time.GetUtcNow() - started > StartLasts))
        {
            _ = Task.Run(() => TellAsync(swap));
        }
    }

    private async Task TellAsync(ModelSwap swap)
    {
        try
        {
            var history = await repository.ReadHistoryAsync(swap.Model, CancellationToken.None).ConfigureAwait(false);
            if (history.LastOrDefault(entry => entry.Action == HistoryEntry.Published && entry.Version == swap.ToVersion) is { } entry && (swap.FromVersion.Length > 0 || entry.At > started))
            {
                audit.Published(entry.By, swap.Model, entry.Version, entry.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), entry.SignedBy ?? "", entry.Why ?? "");
            }
        }
        catch (ScoringException)
        {
            // The storage is away. The history keeps it.
        }
    }
}
