using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Scoring.Telemetry;

/// <summary>Items that wait to be sent. One that comes when the queue is full is dropped and counted. Thread safe.</summary>
/// <param name="capacity">The most items that wait.</param>
internal sealed class BoundedQueue<T>(int capacity)
{
    private readonly ConcurrentQueue<T> items = new();
    private int count;
    private long lost;

    public void Add(T item)
    {
        if (Interlocked.Increment(ref count) > capacity)
        {
            Interlocked.Decrement(ref count);
            Interlocked.Increment(ref lost);
            return;
        }

        items.Enqueue(item);
    }

    public bool TryTake([MaybeNullWhen(false)] out T item)
    {
        if (!items.TryDequeue(out item))
        {
            return false;
        }

        Interlocked.Decrement(ref count);
        return true;
    }

    /// <summary>How many were dropped since the last call.</summary>
    public long TakeLost() => Interlocked.Exchange(ref lost, 0);
}
