using Microsoft.Extensions.Hosting;
using Scoring.Repository;
using Scoring.Telemetry;

namespace Scoring.Serving;

/// <summary>Tells the audit of each version that takes another's place, with who made it live and why, as the model's history says. Each instance tells it by itself.</summary>
internal sealed class LiveAudit(IPackageRepository repository, ScoringMetrics metrics, AuditLog audit, TimeProvider time) : IHostedService
{
    // The pointer is moved first and the history is written after it.
    private static readonly TimeSpan HistoryIsLate = TimeSpan.FromSeconds(5);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        metrics.Swapped += Tell;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        metrics.Swapped -= Tell;
        return Task.CompletedTask;
    }

    // The first version of a process took nobody's place.
    private void Tell(ModelSwap swap)
    {
        if (swap.FromVersion.Length > 0 && swap.FromVersion != swap.ToVersion)
        {
            _ = Task.Run(() => TellAsync(swap));
        }
    }

    private async Task TellAsync(ModelSwap swap)
    {
        var entry = await FindAsync(swap).ConfigureAwait(false);
        if (entry is null)
        {
            await Task.Delay(HistoryIsLate, time).ConfigureAwait(false);
            entry = await FindAsync(swap).ConfigureAwait(false);
        }

        audit.Live(entry?.Action ?? HistoryEntry.Live, entry?.By ?? AuditLog.Unknown, swap.Model, swap.ToVersion, swap.FromVersion, entry?.Why ?? "");
    }

    // The last move, if it is this one: an older move to the same version was somebody else's.
    private async Task<HistoryEntry?> FindAsync(ModelSwap swap)
    {
        try
        {
            var history = await repository.ReadHistoryAsync(swap.Model, CancellationToken.None).ConfigureAwait(false);
            return history.LastOrDefault(entry => entry.Action is HistoryEntry.Live or HistoryEntry.RolledBack) is { } last && last.Version == swap.ToVersion ? last : null;
        }
        catch (ScoringException)
        {
            // The storage is away: that it happened is told all the same.
            return null;
        }
    }
}
