using Scoring.Batch.Chunks;
using Scoring.Batch.DuckDb.Vectors;
using Scoring.Batch.Sources;

namespace Scoring.Batch.DuckDb;

/// <summary>Rows of a Parquet file as records of typed values, one for each column. Not thread safe; dispose it.</summary>
/// <param name="rows">The query; this disposes it.</param>
/// <param name="columns">One for each column.</param>
/// <param name="refused">Makes of DuckDB's fault the job's.</param>
/// <param name="end">What to do behind the last row, or without it.</param>
internal sealed class ParquetRecords(DuckDbRows rows, VectorReader[] columns, Func<DuckDbException, Exception> refused, Action end) : IRecordReader
{
    private readonly PooledBuffer buffer = new(4096);
    private int count;
    private int next;

    public bool TryRead(out Record record)
    {
        if (next == count)
        {
            record = default;
            return false;
        }

        buffer.Clear();
        foreach (var column in columns)
        {
            var value = column.Read(next);
            buffer.Advance(value.WriteTo(buffer.GetSpan(value.RoomFor)));
        }

        next++;
        record = new Record(buffer.Slice(0, buffer.Length), next, isOversized: false);
        return true;
    }

    public void Unread() => next--;

    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: DuckDB cannot read on.</exception>
    public ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        try
        {
            (next, count) = (0, rows.Next());
        }
        catch (DuckDbException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw refused(exception);
        }

        for (var i = 0; count > 0 && i < columns.Length; i++)
        {
            columns[i].Bind(rows.Vector(i));
        }

        return ValueTask.FromResult(count > 0);
    }

    public void Dispose()
    {
        rows.Dispose();
        buffer.Dispose();
        end();
    }
}
