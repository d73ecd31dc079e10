using System.Collections.Concurrent;

namespace EndToEnd.Tests.Life;

/// <summary>
/// Visitors who ask processes all the time while others are killed. Every request is good, so each is to be answered. While one thing happens to a rollout, a process may change a visitor's version once:
/// more often would be back and forth.
/// </summary>
internal sealed class VisitorLoad : IAsyncDisposable
{
    private const int Visitors = 40;

    // Leaves the machine to those who start and end.
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(5);

    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentQueue<string> failures = new();
    private readonly Task asking;
    private long asked;

    public VisitorLoad(IEnumerable<RunningApp> apps) => asking = Task.WhenAll(apps.Select(app => Task.Run(() => AskAsync(app))));

    /// <summary>Ends the load, and fails where a request was not answered or a visitor went back.</summary>
    /// <returns>Requests answered.</returns>
    public async Task<long> StopAsync()
    {
        await stop.CancelAsync();
        await asking;
        Assert.Empty(failures);
        return Interlocked.Read(ref asked);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await asking;
        stop.Dispose();
    }

    private async Task AskAsync(RunningApp app)
    {
        var known = new List<string>[Visitors];
        for (var request = 0; !stop.IsCancellationRequested; request++)
        {
            var visitor = request % Visitors;
            var version = await TryAskAsync(app, visitor);
            var seen = known[visitor] ??= [];
            if (!int.TryParse(version, out _))
            {
                failures.Enqueue($"Visitor {visitor} was answered {version}");
            }
            else if (seen.Count == 0 || seen[^1] != version)
            {
                seen.Add(version);
                if (seen.Count > 2)
                {
                    failures.Enqueue($"Visitor {visitor} was answered by versions {string.Join(", ", seen)}");
                }
            }

            Interlocked.Increment(ref asked);
            await Task.Delay(Breath);
        }
    }

    private static async Task<string> TryAskAsync(RunningApp app, int visitor)
    {
        try
        {
            return await RolloutCluster.AskAsync(app, $"regular-{visitor}", 1);
        }
        catch (HttpRequestException e)
        {
            return e.Message;
        }
    }
}
