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

    private ArrayBufferWriter<byte> bytes = new(4096);

    private ResponseBuffer() => Writer = new Utf8JsonWriter(bytes, ScoreResponse.WriterOptions);

    /// <summary>Writes into the buffer; flush it before <see cref="Written"/> is read.</summary>
    public Utf8JsonWriter Writer { get; }

    /// <summary>What was flushed.</summary>
    public ReadOnlyMemory<byte> Written => bytes.WrittenMemory;

    public static ResponseBuffer Rent() => Idle.TryDequeue(out var buffer) ? buffer : new ResponseBuffer();

    /// <summary>Drops what was written.</summary>
    public void Reset()
    {
        if (bytes.Capacity > MaxKeptBytes)
        {
            bytes = new ArrayBufferWriter<byte>(4096);
        }
        else
        {
            bytes.ResetWrittenCount();
        }

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
