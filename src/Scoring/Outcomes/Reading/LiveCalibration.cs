using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Scoring.Outcomes.Counts;

namespace Scoring.Outcomes.Reading;

/// <summary>
/// What outcomes say of the models that are served, kept for the refresh interval, and for twenty times as long as reading took: whoever asks all the time costs a twentieth of a processor at
/// most. One reading runs at a time, however many wait for it. After a reading of many files they are joined, in the background. Thread safe.
/// </summary>
public sealed partial class LiveCalibration : IDisposable
{
    // Each query keeps some kilobytes of figures.
    private const int MaxKept = 64;
    private const int RestFactor = 20;

    // Joining pays where a day has more than its own file.
    private const int MaxFilesLeft = 8;

    private static readonly TimeSpan CompactEvery = TimeSpan.FromMinutes(10);

    private readonly OutcomeReader? reader;
    private readonly OutcomeCompactor? compactor;
    private readonly ILogger<LiveCalibration> log;
    private readonly ReceiptCounts? receipts;
    private readonly TimeSpan window;
    private readonly TimeSpan refresh;
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<(string Model, string? Version, TimeSpan Since, TimeSpan Until), Kept> kept = new();
    private readonly SemaphoreSlim turn = new(1);
    private readonly CancellationTokenSource lifetime = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> compacted = new(StringComparer.Ordinal);

    /// <param name="files">Where outcomes are; null for nowhere.</param>
    /// <param name="window">How long after its prediction an outcome counts.</param>
    /// <param name="refresh">How long an answer is kept at least.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Told where files could not be joined.</param>
    /// <param name="receipts">What this process counted, also since it was last written; null for nothing.</param>
    internal LiveCalibration(IOutcomeFiles? files, TimeSpan window, TimeSpan refresh, TimeProvider time, ILogger<LiveCalibration> log, ReceiptCounts? receipts = null)
    {
        this.receipts = receipts;
        reader = files is null ? null : new OutcomeReader(files);
        compactor = files is null ? null : new OutcomeCompactor(files, time);
        this.log = log;
        this.window = window;
        this.refresh = refresh;
        this.time = time;
    }

    /// <summary>What outcomes say of a model.</summary>
    /// <param name="model">A valid name.</param>
    /// <param name="version">One version alone; null for all.</param>
    /// <param name="since">Predictions of so long ago, up to now.</param>
    /// <param name="until">Predictions at least so old; zero for all.</param>
    /// <param name="cancellationToken">Ends the wait; a reading that others may want goes on.</param>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/>: the storage cannot be reached, or there is none for outcomes.</exception>
    public async Task<ModelCalibration> ReadAsync(string model, string? version, TimeSpan since, TimeSpan until, CancellationToken cancellationToken)
    {
        if (reader is null)
        {
            throw new ScoringException(ErrorCode.ModelUnavailable, "There is no storage for outcomes: the repository's address is good for its own container alone. Set Storage.");
        }

        var key = (model, version, since, until);
        while (true)
        {
            if (kept.TryGetValue(key, out var known) && !known.IsOld(time))
            {
                return await known.Reading.WaitAsync(cancellationToken).ConfigureAwait(false);
            }

            if (kept.Count >= MaxKept)
            {
                kept.Clear();
            }

            var own = new Kept();
            if (known is null ? kept.TryAdd(key, own) : kept.TryUpdate(key, own, known))
            {
                // Whoever asks first waits for this very reading: one that fails is old at once, and is not to be tried for ever.
                _ = FillAsync(own, new OutcomeQuery(model, default, default) { Version = version, Window = window, WithReceipts = true }, since, until);
                return await own.Reading.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The joining of files that was begun last.</summary>
    internal Task Compacting { get; private set; } = Task.CompletedTask;

    public void Dispose()
    {
        lifetime.Cancel();
        lifetime.Dispose();
        turn.Dispose();
    }

    private async Task FillAsync(Kept own, OutcomeQuery query, TimeSpan since, TimeSpan until)
    {
        try
        {
            await turn.WaitAsync(lifetime.Token).ConfigureAwait(false);
            try
            {
                var (started, now) = (time.GetTimestamp(), time.GetUtcNow());
                var reading = await reader!.ReadAsync(query with { Since = WholeMinute(now - since), Until = until == TimeSpan.Zero ? now : WholeMinute(now - until) }, lifetime.Token).ConfigureAwait(false);
                foreach (var (version, count) in receipts?.Of(query.Model) ?? [])
                {
                    reading.Receipts.Add(version, count);
                }

                var found = ModelCalibration.Of(reading, now);
                var rest = RestFactor * time.GetElapsedTime(started);
                Compacting = reading.Files > MaxFilesLeft ? Task.Run(() => CompactAsync(query.Model)) : Compacting;
                own.Complete(found, time.GetUtcNow() + (rest > refresh ? rest : refresh));
            }
            finally
            {
                turn.Release();
            }
        }
        catch (Exception exception)
        {
            // Whoever waits is told; the next who asks tries again.
            own.Fail(exception);
        }
    }

    // Receipts are counted by the minute: outcomes are to be of the same time.
    private static DateTimeOffset WholeMinute(DateTimeOffset time) => time.AddTicks(-(time.UtcTicks % TimeSpan.TicksPerMinute));

    private async Task CompactAsync(string model)
    {
        var now = time.GetUtcNow();
        if (compacted.TryGetValue(model, out var last) && now - last < CompactEvery)
        {
            return;
        }

        compacted[model] = now;
        try
        {
            await compactor!.CompactAsync(model, lifetime.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is ScoringException or OperationCanceledException)
        {
            // Nothing is lost: the files are read one by one, and joined another time.
            LogNotJoined(Cause.Trace(exception), model, Cause.Of(exception));
        }
    }

    [LoggerMessage(EventId = 2190, Level = LogLevel.Warning, Message = "The files of outcomes of {Model} could not be joined; they are read one by one: {Cause}")]
    private partial void LogNotJoined(Exception? exception, string model, string cause);

    /// <summary>An answer, or one that is on its way.</summary>
    private sealed class Kept
    {
        private readonly TaskCompletionSource<ModelCalibration> reading = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long oldAt = long.MaxValue;

        public Task<ModelCalibration> Reading => reading.Task;

        public bool IsOld(TimeProvider time) => time.GetUtcNow().UtcTicks >= Volatile.Read(ref oldAt);

        public void Complete(ModelCalibration found, DateTimeOffset until)
        {
            Volatile.Write(ref oldAt, until.UtcTicks);
            reading.SetResult(found);
        }

        public void Fail(Exception exception)
        {
            Volatile.Write(ref oldAt, 0);
            reading.SetException(exception);

            // Nobody may be waiting any more.
            _ = reading.Task.Exception;
        }
    }
}
