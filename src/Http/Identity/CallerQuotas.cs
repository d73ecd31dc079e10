using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Scoring.Http.Identity;

/// <summary>
/// What each caller has asked of this process in the minute that goes on, and what it may. With the minute all counts are forgotten; at most <see cref="MaxCallers"/> callers are
/// counted each by itself, and those that come after them in a minute share one count. Thread safe; a known caller takes no lock.
/// </summary>
internal sealed class CallerQuotas(IOptions<CallerOptions> options, TimeProvider time)
{
    /// <summary>Callers of a minute with a count of their own.</summary>
    internal const int MaxCallers = 4096;

    private static readonly TimeSpan Length = TimeSpan.FromMinutes(1);

    private readonly CallerOptions limits = options.Value;
    private Minute minute = new(time.GetTimestamp());

    /// <summary>Callers that are counted now.</summary>
    internal int Counted => minute.Callers.Count;

    /// <summary>Counts a request, with the bytes of its body where they are known.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.QuotaExceeded"/>, or the body alone is more than the quota.</exception>
    public void Request(string caller, long? bytes)
    {
        var now = Now();
        var use = now.Of(caller);
        Take(ref use.Requests, 1, limits.RequestsPerMinute, now, "requests");
        if (bytes is { } known)
        {
            Send(use, known, now);
        }
    }

    /// <summary>Counts bytes of a body whose length nobody told.</summary>
    /// <inheritdoc cref="Request" path="/exception"/>
    public void Bytes(string caller, long bytes)
    {
        var now = Now();
        Send(now.Of(caller), bytes, now);
    }

    /// <summary>Counts rows that are to be scored.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.QuotaExceeded"/>, or the rows alone are more than the quota.</exception>
    public void Rows(string caller, int rows)
    {
        if (limits.RowsPerMinute > 0 && rows > limits.RowsPerMinute)
        {
            throw new ScoringException(ErrorCode.TooManyInstances, $"The request has {rows} rows; a caller may ask for {limits.RowsPerMinute} in a minute (Callers:RowsPerMinute). Send fewer, or a job.");
        }

        var now = Now();
        Take(ref now.Of(caller).Rows, rows, limits.RowsPerMinute, now, "rows");
    }

    private void Send(Use use, long bytes, Minute now)
    {
        if (limits.BytesPerMinute > 0 && bytes > limits.BytesPerMinute)
        {
            throw new ScoringException(ErrorCode.BodyTooLarge, $"The body has {bytes} bytes; a caller may send {limits.BytesPerMinute} in a minute (Callers:BytesPerMinute).");
        }

        Take(ref use.Bytes, bytes, limits.BytesPerMinute, now, "bytes");
    }

    // What is refused is not counted: who asks for too much can still ask for less.
    private void Take(ref long used, long amount, long limit, Minute now, string what)
    {
        if (limit == 0)
        {
            return;
        }

        if (Interlocked.Add(ref used, amount) > limit)
        {
            Interlocked.Add(ref used, -amount);
            throw new ScoringException(ErrorCode.QuotaExceeded, $"The caller's quota is used up: {limit} {what} in a minute.") { RetryAfter = Length - time.GetElapsedTime(now.Begin) };
        }
    }

    private Minute Now()
    {
        var now = Volatile.Read(ref minute);
        if (time.GetElapsedTime(now.Begin) < Length)
        {
            return now;
        }

        // The first to come begins the next minute; the others find it.
        Interlocked.CompareExchange(ref minute, new Minute(time.GetTimestamp()), now);
        return Volatile.Read(ref minute);
    }

    private sealed class Minute(long begin)
    {
        private readonly Use rest = new();
        private int count;

        public long Begin { get; } = begin;

        public ConcurrentDictionary<string, Use> Callers { get; } = new(StringComparer.Ordinal);

        public Use Of(string caller)
        {
            if (Callers.TryGetValue(caller, out var use))
            {
                return use;
            }

            return Volatile.Read(ref count) < MaxCallers && Interlocked.Increment(ref count) <= MaxCallers ? Callers.GetOrAdd(caller, static _ => new Use()) : rest;
        }
    }

    private sealed class Use
    {
        public long Requests;
        public long Rows;
        public long Bytes;
    }
}
