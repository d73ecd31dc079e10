using Microsoft.Extensions.Hosting;
using Scoring.Repository;
using Scoring.Telemetry;

namespace Scoring.Serving;

/// <summary>Tells the audit of each version that takes another's place, and of what is done to rollouts, with who did it and why, as the model's history says. Each instance tells it by itself; a brake is told by the one that put it on.</summary>
internal sealed class LiveAudit(IPackageRepository repository, ScoringMetrics metrics, AuditLog audit, TimeProvider time) : IHostedService
{
    // The pointer is moved first and the history is written after it.
    private static readonly TimeSpan HistoryIsLate = TimeSpan.FromSeconds(5);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        metrics.Swapped += Tell;
        metrics.RolloutMoved += Tell;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        metrics.Swapped -= Tell;
        metrics.RolloutMoved -= Tell;
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

    private void Tell(RolloutMove move)
    {
        if (move.By is { } by)
        {
            audit.Live(move.Action, by, move.Model, move.Version, move.LiveVersion, move.Why ?? "");
            return;
        }

        _ = Task.Run(() => TellAsync(move));
    }

    // The last move, if it is this one: an older move to the same version was somebody else's.
    private async Task TellAsync(ModelSwap swap)
    {
        var entry = await FindAsync(swap.Model, [HistoryEntry.Live, HistoryEntry.RolledBack], swap.ToVersion).ConfigureAwait(false);
        audit.Live(entry?.Action ?? HistoryEntry.Live, entry?.By ?? AuditLog.Unknown, swap.Model, swap.ToVersion, swap.FromVersion, entry?.Why ?? "");
    }

    private async Task TellAsync(RolloutMove move)
    {
        var entry = await FindAsync(move.Model, [move.Action], move.Version).ConfigureAwait(false);
        audit.Live(move.Action, entry?.By ?? AuditLog.Unknown, move.Model, move.Version, move.LiveVersion, entry?.Why ?? "");
    }

    private async Task<HistoryEntry?> FindAsync(string model, string[] actions, string version)
    {
        if (await TryFindAsync(model, actions, version).ConfigureAwait(false) is { } found)
        {
            return found;
        }

        await Task.Delay(HistoryIsLate, time).ConfigureAwait(false);
        return await TryFindAsync(model, actions, version).ConfigureAwait(false);
    }

    private async Task<HistoryEntry?> TryFindAsync(string model, string[] actions, string version)
    {
        try
        {
            var history = await repository.ReadHistoryAsync(model, CancellationToken.None).ConfigureAwait(false);
            return history.LastOrDefault(entry => actions.Contains(entry.Action)) is { } last && last.Version == version ? last : null;
        }
        catch (ScoringException)
        {
            // The storage is away: that it happened is told all the same.
            return null;
        }
    }
}
