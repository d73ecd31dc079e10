using System.Buffers;
using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Scoring.Configuration;
using Scoring.Repository;
using Scoring.Telemetry;

namespace Scoring.Outcomes.Captures;

/// <summary>
/// Keeps a share of the requests of models that ask for it. A request that is chosen is copied and waits in a bounded queue; beside the requests, its lines are gathered and written every
/// <see cref="FlushEvery"/> as a file of their own. What finds the queue full, since the storage is slow or away, is dropped and counted. Nothing of it runs before the first such request. Thread safe.
/// </summary>
public sealed partial class CaptureWriter : IHostedService, IDisposable
{
    /// <summary>How long lines are gathered.</summary>
    internal static readonly TimeSpan FlushEvery = TimeSpan.FromSeconds(10);

    private const int MaxWaiting = 4096;
    private const int MaxBytesWaiting = 16 << 20;

    // A larger copy would be felt by the request itself.
    private const int MaxBodyBytes = 1 << 20;
    private const int MaxFileBytes = 4 << 20;

    private static readonly TimeSpan SweepEvery = TimeSpan.FromHours(1);
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(3);

    private readonly CaptureStorage storage;
    private readonly ScoringMetrics metrics;
    private readonly TimeProvider time;
    private readonly ILogger<CaptureWriter> log;
    private readonly Func<double> next;
    private readonly CancellationTokenSource ending = new();
    private readonly TaskCompletionSource stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lazy<Channel<CapturedRequest>> queue = new(() => Channel.CreateBounded<CapturedRequest>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true }));
    private readonly Dictionary<string, DateTimeOffset> swept = new(StringComparer.Ordinal);
    private long bytesWaiting;
    private int isRunning;
    private Task running = Task.CompletedTask;

    /// <param name="storage">Where to.</param>
    /// <param name="metrics">Count what was kept and dropped.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Told where nothing can be written.</param>
    /// <param name="next">Even numbers from 0 to 1, by which requests are chosen.</param>
    internal CaptureWriter(CaptureStorage storage, ScoringMetrics metrics, TimeProvider time, ILogger<CaptureWriter> log, Func<double>? next = null)
    {
        this.storage = storage;
        this.metrics = metrics;
        this.time = time;
        this.log = log;
        this.next = next ?? Random.Shared.NextDouble;
    }

    /// <summary>Copies a request, if it is chosen, before it is read; null otherwise. Costs nothing where the model does not ask for it.</summary>
    /// <param name="config">What the model's author asks for; null for nothing.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="version">The version that answers.</param>
    /// <param name="features">The names that the model knows.</param>
    /// <param name="body">The request.</param>
    public CapturedRequest? Choose(CaptureConfig? config, string model, string version, IReadOnlyList<string> features, ReadOnlySpan<byte> body)
    {
        if (config is null || next() >= config.Share)
        {
            return null;
        }

        if (body.Length > MaxBodyBytes || Volatile.Read(ref bytesWaiting) > MaxBytesWaiting || storage.Store is null)
        {
            metrics.CaptureEnded(model, version, "dropped");
            return null;
        }

        return new CapturedRequest(model, version, config, features, body.ToArray());
    }

    /// <summary>Takes a request that was answered.</summary>
    public void Add(CapturedRequest request, in ReadOnlySequence<byte> answer)
    {
        request.Answer = answer.ToArray();
        request.At = time.GetUtcNow();
        Interlocked.Add(ref bytesWaiting, request.Bytes);
        if (!queue.Value.Writer.TryWrite(request))
        {
            Ended(request, "dropped");
        }
        else if (Interlocked.Exchange(ref isRunning, 1) == 0)
        {
            running = Task.Run(RunAsync);
        }
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Writes what is left, within a few seconds.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (queue.IsValueCreated)
        {
            queue.Value.Writer.TryComplete();
            stopping.TrySetResult();
            await Task.WhenAny(running, Task.Delay(StopWithin, time, cancellationToken)).ConfigureAwait(false);
            await ending.CancelAsync().ConfigureAwait(false);
            await running.ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => ending.Dispose();

    private async Task RunAsync()
    {
        var reader = queue.Value.Reader;
        try
        {
            while (await reader.WaitToReadAsync(ending.Token).ConfigureAwait(false))
            {
                // Gather for a while; what is left at the end is written at once.
                await Task.WhenAny(stopping.Task, Task.Delay(FlushEvery, time, ending.Token)).ConfigureAwait(false);
                await WriteAsync(reader).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The app stops and the storage does not answer.
        }

        while (reader.TryRead(out var left))
        {
            Ended(left, "dropped");
        }
    }

    // One file for each version among what waits. What cannot be written now is tried again, and meanwhile the queue fills.
    private async Task WriteAsync(ChannelReader<CapturedRequest> reader)
    {
        var files = new Dictionary<(string Model, string Version), List<CapturedRequest>>();
        var bytes = 0;
        while (bytes < MaxFileBytes && reader.TryRead(out var request))
        {
            var place = (request.Model, request.Version);
            if (!files.TryGetValue(place, out var requests))
            {
                files[place] = requests = [];
            }

            requests.Add(request);
            bytes += request.Bytes;
        }

        try
        {
            foreach (var requests in files.Values)
            {
                await WriteAsync(requests).ConfigureAwait(false);
            }
        }
        finally
        {
            foreach (var request in files.Values.SelectMany(requests => requests))
            {
                Ended(request, "dropped");
            }
        }
    }

    private async Task WriteAsync(List<CapturedRequest> requests)
    {
        var lines = new ArrayBufferWriter<byte>();
        var written = requests.FindAll(request => CaptureLines.TryWrite(request, lines));
        if (written.Count == 0)
        {
            return;
        }

        var (last, at) = (written[^1], written[^1].At.UtcDateTime);
        await WriteAsync(string.Create(CultureInfo.InvariantCulture, $"{last.Model}/{last.Version}/{at:yyyy-MM-dd}/{at:HHmmss}-{Guid.NewGuid():N}.jsonl"), lines.WrittenMemory).ConfigureAwait(false);
        foreach (var request in written)
        {
            Ended(request, "kept");
            requests.Remove(request);
        }

        await SweepAsync(last.Model, last.Config.Days).ConfigureAwait(false);
    }

    private async Task WriteAsync(string path, ReadOnlyMemory<byte> lines)
    {
        for (var hasFailed = false; ; hasFailed = true)
        {
            try
            {
                await storage.Store!.WriteOnceAsync(path, lines, ending.Token).ConfigureAwait(false);
                return;
            }
            catch (Exception exception) when (RepositoryAccess.IsOutage(exception) && !ending.IsCancellationRequested)
            {
                if (!hasFailed)
                {
                    LogAway(RepositoryAccess.Reason(exception));
                }

                await Task.Delay(FlushEvery, time, ending.Token).ConfigureAwait(false);
            }
        }
    }

    // A day is deleted once it is over for as many days as are to be kept.
    private async Task SweepAsync(string model, int days)
    {
        var now = time.GetUtcNow();
        if (swept.TryGetValue(model, out var last) && now - last < SweepEvery)
        {
            return;
        }

        swept[model] = now;
        var oldest = DateOnly.FromDateTime(now.UtcDateTime).AddDays(-days);
        try
        {
            foreach (var file in await storage.Files!.ListAsync(model, ending.Token).ConfigureAwait(false))
            {
                if (file.Day < oldest)
                {
                    await storage.Files.DeleteAsync(file.Path, ending.Token).ConfigureAwait(false);
                }
            }
        }
        catch (ScoringException exception)
        {
            LogKept(model, exception.Message);
        }
    }

    private void Ended(CapturedRequest request, string outcome)
    {
        Interlocked.Add(ref bytesWaiting, -request.Bytes);
        metrics.CaptureEnded(request.Model, request.Version, outcome);
    }

    [LoggerMessage(EventId = 2230, Level = LogLevel.Warning, Message = "Captured requests cannot be written, and are tried again; once too many wait, others are dropped: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(EventId = 2231, Level = LogLevel.Warning, Message = "Captured requests of {Model} that are old enough to be deleted could not be; they are tried again in an hour: {Reason}")]
    private partial void LogKept(string model, string reason);
}
