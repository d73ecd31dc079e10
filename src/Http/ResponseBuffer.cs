using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using Scoring.Protocol;

namespace Scoring.Http;

/// <summary>A JSON body under construction: nothing reaches the client before it is whole, so that a failure half way still gets its own status. Pooled.</summary>
internal sealed class ResponseBuffer : IDisposable
{
    private const int MaxKeptBytes = 1 << 20;
    private static readonly ConcurrentQueue<ResponseBuffer> Idle = new();
    private static readonly int MaxIdle = 4 * Environment.ProcessorCount;

    private readonly BoundedBytes bytes = new(MaxKeptBytes);

    private ResponseBuffer() => Writer = new Utf8JsonWriter(bytes, ScoreResponse.WriterOptions);

    /// <summary>Writes into the buffer; flush it before <see cref="Written"/> is read.</summary>
    public Utf8JsonWriter Writer { get; }

    /// <summary>What was flushed.</summary>
    public ReadOnlySequence<byte> Written => bytes.Written;

    /// <summary>An empty buffer.</summary>
    /// <param name="maxBytes">Most bytes that may be written; more are refused with <see cref="ErrorCode.BodyTooLarge"/> as they are.</param>
    public static ResponseBuffer Rent(long maxBytes = long.MaxValue)
    {
        var buffer = Idle.TryDequeue(out var idle) ? idle : new ResponseBuffer();
        buffer.bytes.MaxBytes = maxBytes;
        return buffer;
    }

    /// <summary>Drops what was written.</summary>
    public void Reset()
    {
        bytes.Clear();
        Writer.Reset(bytes);
    }

    public void Dispose()
    {
        Reset();
        if (Idle.Count < MaxIdle)
        {
            Idle.Enqueue(this);
        }
    }
}
