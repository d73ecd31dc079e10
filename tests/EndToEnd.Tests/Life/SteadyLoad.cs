using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace EndToEnd.Tests.Life;

/// <summary>Connections that each send one request after the other until stopped, and everything that they were answered.</summary>
internal sealed class SteadyLoad : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    // What a client that does not heed Retry-After waits before it tries again.
    private static readonly TimeSpan Impatience = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentBag<Answer> answers = [];
    private readonly Task senders;

    public SteadyLoad(OffsetApp app, int connections) =>
        senders = Task.WhenAll(Enumerable.Range(1, connections).Select(x => Task.Run(() => SendAsync(app, x))));

    /// <summary>What was answered so far.</summary>
    public IReadOnlyCollection<Answer> Answers => answers;

    /// <summary>Ends the load and gives back every answer, in order of their arrival.</summary>
    public async Task<IReadOnlyList<Answer>> StopAsync()
    {
        await stop.CancelAsync();
        await senders;
        return [.. answers.OrderBy(a => a.At)];
    }

    /// <summary>The duration below which a share of the answers stay.</summary>
    public static TimeSpan Quantile(IEnumerable<Answer> answers, double share)
    {
        var sorted = answers.Select(a => a.Took).Order().ToList();
        return sorted.Count == 0 ? TimeSpan.Zero : sorted[(int)Math.Min(sorted.Count - 1, Math.Floor(sorted.Count * share))];
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        stop.Dispose();
    }

    private async Task SendAsync(OffsetApp app, int x)
    {
        while (!stop.IsCancellationRequested)
        {
            var started = Stopwatch.GetTimestamp();
            var (status, version, value) = await app.ScoreAsync(x);
            answers.Add(new Answer(Stopwatch.GetTimestamp(), Stopwatch.GetElapsedTime(started), status, version, value - x));
            if (status == HttpStatusCode.TooManyRequests)
            {
                await Task.Delay(Impatience);
            }
        }
    }

    /// <param name="At">Timestamp of its arrival.</param>
    /// <param name="Took">From the request to here.</param>
    /// <param name="Status">Of the response.</param>
    /// <param name="Version">That the response names.</param>
    /// <param name="Offset">That the response was computed with.</param>
    public sealed record Answer(long At, TimeSpan Took, HttpStatusCode Status, string? Version, double Offset)
    {
        /// <summary>True for a prediction of the version that it names.</summary>
        public bool IsConsistent => Status == HttpStatusCode.OK && Offset.ToString(System.Globalization.CultureInfo.InvariantCulture) == Version;
    }
}
