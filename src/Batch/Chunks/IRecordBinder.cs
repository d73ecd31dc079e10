using System.Text.Json;
using Scoring.Serving;

namespace Scoring.Batch.Chunks;

/// <summary>How the records of one format become rows. One caller at a time.</summary>
internal interface IRecordBinder
{
    /// <summary>Adds the record to the batch; false when <paramref name="faults"/> says why not.</summary>
    /// <param name="record">Is not changed, so that it can be added again.</param>
    bool TryAdd(ScoringBatch batch, ReadOnlySpan<byte> record, FaultList faults);

    /// <summary>The index that the record carries; null when it carries none.</summary>
    long? ReadIndex(ReadOnlySpan<byte> record) => null;

    /// <summary>Writes the record's kept columns, as far as it has them, as properties.</summary>
    void WriteKept(Utf8JsonWriter writer, ReadOnlySpan<byte> record);
}
