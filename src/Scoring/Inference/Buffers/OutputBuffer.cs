using System.Text.Json;
using Microsoft.ML.OnnxRuntime;

namespace Scoring.Inference.Buffers;

/// <summary>One output of the rows of a batch, read back row by row. Reused between batches.</summary>
internal abstract class OutputBuffer(ValueSpec spec, bool followsRows)
{
    public ValueSpec Spec { get; } = spec;

    /// <summary>True when the outermost dimension counts rows; false when each run's whole value belongs to its one instance.</summary>
    public bool FollowsRows { get; } = followsRows;

    /// <summary>Rows held.</summary>
    public abstract int Count { get; }

    /// <summary>Bytes of the answer that the rows are written to as a whole; elements of more are not copied. No limit by default.</summary>
    public long MaxBytes { get; set; } = long.MaxValue;

    /// <summary>Fewest bytes in JSON of the rows of a run, where their shape is known without it; otherwise 0.</summary>
    public virtual long LeastBytes(int rows) => 0;

    /// <summary>Copies the value of a run of <paramref name="rows"/> rows and keeps the first <paramref name="kept"/> of them; where <paramref name="whole"/>, all of the value belongs to one instance. False when the value has another count of rows.</summary>
    public abstract bool TryAppend(OrtValue value, int rows, int kept, bool whole);

    // Where the graph does not promise rows, one instance alone is answered with all there is.
    protected bool IsWhole(long outermost, int rows) => Spec.IsUnranked && rows == 1 && outermost != 1;

    /// <summary>Writes one row as JSON: nested arrays row-major, a scalar as a bare value, a map as an object.</summary>
    public abstract void WriteRow(Utf8JsonWriter writer, int row);

    /// <summary>Writes a row of exactly one element as a bare value; false, with nothing written, when it has another count.</summary>
    public abstract bool TryWriteSingle(Utf8JsonWriter writer, int row);

    /// <summary>Refuses to hold so many elements, each of so many bytes in JSON, where the answer has no room for them.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.BodyTooLarge"/>.</exception>
    protected void RequireRoom(long elements, int bytes)
    {
        if (elements > MaxBytes / bytes)
        {
            throw AnswerTooLarge.Of(MaxBytes, elements * bytes);
        }
    }

    /// <summary>Forgets all rows.</summary>
    public abstract void Clear();

    /// <summary>Forgets the rows from <paramref name="count"/> on.</summary>
    public abstract void Truncate(int count);
}
