using System.Text.Json;
using Scoring.Batch.Chunks;
using Scoring.Features;
using Scoring.Protocol;

namespace Scoring.Batch.DuckDb.Vectors;

/// <summary>Values that hold others; each is one JSON value.</summary>
internal abstract class NestedVector : VectorReader
{
    private ValueJson? json;

    protected sealed override TypedValue ReadValue(long row)
    {
        json ??= new ValueJson();
        json.Bytes.Clear();
        json.Writer.Reset(json.Bytes);
        WriteValue(json.Writer, row);
        json.Writer.Flush();
        return TypedValue.From(TypedKind.Json, json.Bytes.Written.Span);
    }

    protected abstract override void WriteValue(Utf8JsonWriter writer, long row);

    // The buffer is pooled memory that the collector takes where nobody gives it back.
    private sealed class ValueJson
    {
        public PooledBuffer Bytes { get; } = new(256);

        public Utf8JsonWriter Writer { get; } = new(Stream.Null, ScoreResponse.WriterOptions);
    }
}
