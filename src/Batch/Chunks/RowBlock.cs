using System.Text.Json;
using Scoring.Configuration;
using Scoring.Inference;
using Scoring.Protocol;
using Scoring.Serving;

namespace Scoring.Batch.Chunks;

/// <summary>
/// The rows of one model run, good and bad in their order: gathered, run, written as output lines. Keeps the records until they are written, so that
/// a row which spoils its run fails alone. Not thread safe; allocates nothing per good row.
/// </summary>
internal sealed class RowBlock(ScoringBatch batch, int maxRows, bool keeps, bool hasIndex, long firstRow, PooledBuffer output, LineReceipts? receipts = null) : IDisposable
{
    private static readonly JsonEncodedText IndexName = JsonEncodedText.Encode("index");
    private static readonly JsonEncodedText KeepName = JsonEncodedText.Encode("keep");
    private static readonly JsonEncodedText ErrorName = JsonEncodedText.Encode("error");
    private static readonly JsonEncodedText CodeName = JsonEncodedText.Encode("code");
    private static readonly JsonEncodedText DetailName = JsonEncodedText.Encode("detail");

    // Whatever the model's author wants of answers: numbers are what a column of a Parquet output holds.
    private static readonly PredictionOptions Options = new(Encoding: EmbeddingEncoding.Float);

    private readonly Utf8JsonWriter writer = new(output, ScoreResponse.WriterOptions);
    private readonly PooledBuffer records = new(64 * 1024);
    private readonly List<Row> rows = [];
    private readonly FaultList faults = new();
    private readonly int runRows = Math.Min(maxRows, batch.Capacity);

    // Where shapes may differ, a row may fit the model and yet not the rows before it.
    private readonly bool hasFixedShapes = batch.Model.Signature is { Overridable.Count: 0 } signature
        && signature.Inputs.All(input => input.Kind == ValueKind.Tensor && input.HasFixedRows);

    /// <summary>Lines written.</summary>
    public long Written { get; private set; }

    /// <summary>Those with an error.</summary>
    public long Failed { get; private set; }

    /// <summary>Whether it wants to be run and written before the next record. Bad rows count too, so that memory stays bounded.</summary>
    public bool IsFull => batch.Count >= runRows || rows.Count >= 4 * runRows;

    /// <summary>Rows of the next run.</summary>
    public int RunRows => batch.Count;

    /// <summary>Whether a run is needed before <see cref="Write"/>.</summary>
    public bool HasRows => batch.Count > 0;

    public LoadedModel Model => batch.Model;

    /// <summary>Takes a record; false when it does not go together with those before, which then are to be run and written first.</summary>
    public bool TryAdd(IRecordBinder binder, ReadOnlySpan<byte> record)
    {
        faults.Clear();
        var isGood = binder.TryAdd(batch, record, faults);
        if (!isGood && batch.Count > 0 && !hasFixedShapes)
        {
            return false;
        }

        var start = records.Length;
        records.Write(record);
        rows.Add(new Row(binder, start, record.Length, isGood ? null : RowError.From(faults)));
        return true;
    }

    /// <summary>Takes a record that is a bad row already.</summary>
    public void AddBad(ErrorCode code, string detail) => rows.Add(new Row(null, 0, 0, new RowError(code, detail)));

    /// <summary>Runs the good rows; when the run fails, each of them alone.</summary>
    /// <exception cref="ModelProcessException">The run kills the process of the model, and <paramref name="mayDie"/> forbids to find out by which row.</exception>
    public void Run(RunLimit? limit, CancellationToken cancellationToken, bool mayDie = true)
    {
        try
        {
            batch.Run(limit, cancellationToken);
        }
        catch (ScoringException exception) when (exception.Code is ErrorCode.InferenceFailed or ErrorCode.InvalidValue or ErrorCode.BodyTooLarge && (mayDie || exception is not ModelProcessException))
        {
            RunSingly(exception, limit, cancellationToken);
        }
    }

    /// <summary>Writes a line for each row and forgets the rows.</summary>
    public void Write()
    {
        var good = 0;
        foreach (var row in rows)
        {
            if (row.Line is { } line)
            {
                output.Write(line);
            }
            else if (row.Error is { } error)
            {
                WriteBad(row, error);
            }
            else
            {
                WriteGood(row, good++);
            }

            Written++;
        }

        Clear();
    }

    public void Dispose()
    {
        writer.Dispose();
        records.Dispose();
    }

    private void WriteGood(Row row, int place)
    {
        var before = output.Length;
        try
        {
            Begin(row);
            batch.WritePredictionProperties(writer, place, receipts is null ? Options : receipts.For(Options, firstRow + Written));
            End();
        }
        catch (ScoringException exception)
        {
            output.Truncate(before);
            WriteBad(row, new RowError(exception.Code, exception.Message));
        }
    }

    private void WriteBad(Row row, RowError error)
    {
        Failed++;
        Begin(row);
        writer.WriteStartObject(ErrorName);
        writer.WriteString(CodeName, error.Code.Name());
        writer.WriteString(DetailName, error.Detail);
        writer.WriteEndObject();
        End();
    }

    private void Begin(Row row)
    {
        writer.Reset(output);
        writer.WriteStartObject();
        writer.WriteNumber(IndexName, (hasIndex ? row.Binder?.ReadIndex(records.Slice(row.Start, row.Length)) : null) ?? (firstRow + Written));
        if (keeps && row.Binder is { } binder)
        {
            writer.WriteStartObject(KeepName);
            WriteKept(binder, row);
            writer.WriteEndObject();
        }
    }

    // A record that is no JSON keeps what could be read of it.
    private void WriteKept(IRecordBinder binder, Row row)
    {
        try
        {
            binder.WriteKept(writer, records.Slice(row.Start, row.Length));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The latter is a name that has no UTF-8.
        }
    }

    private void End()
    {
        writer.WriteEndObject();
        writer.Flush();
        output.Write("\n"u8);
    }

    private void RunSingly(ScoringException first, RunLimit? limit, CancellationToken cancellationToken)
    {
        // 1. A run of one row has failed by itself, unless its process died of another run.
        var isRowsOwn = !IsOfAnother(first) && rows.Count(row => row.Error is null) == 1;
        var written = Written;
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i].Error is null)
            {
                rows[i] = isRowsOwn ? rows[i] with { Error = new RowError(first.Code, first.Message) } : RunSingle(rows[i], written + i, limit, cancellationToken);
            }
        }

        batch.Clear();
    }

    // 2. Of several, each is run alone; its line is written at once, since the batch holds one run's outputs only.
    private Row RunSingle(Row row, long place, RunLimit? limit, CancellationToken cancellationToken)
    {
        try
        {
            RunAlone(row, limit, cancellationToken);
        }
        catch (ScoringException exception) when (exception.Code is ErrorCode.InferenceFailed or ErrorCode.InvalidValue or ErrorCode.BodyTooLarge)
        {
            return row with { Error = new RowError(exception.Code, exception.Message) };
        }

        var start = output.Length;
        var written = Written;
        Written = place;
        WriteGood(row, 0);
        Written = written;
        var line = output.Slice(start, output.Length - start).ToArray();
        output.Truncate(start);
        return row with { Line = line };
    }

    private void RunAlone(Row row, RunLimit? limit, CancellationToken cancellationToken)
    {
        const int Tries = 3;
        for (var tries = 1; ; tries++)
        {
            batch.Clear();
            faults.Clear();
            row.Binder!.TryAdd(batch, records.Slice(row.Start, row.Length), faults);
            try
            {
                batch.Run(limit, cancellationToken);
                return;
            }
            catch (ScoringException exception) when (IsOfAnother(exception) && tries < Tries)
            {
                // The row may be as good as any.
            }
        }
    }

    private static bool IsOfAnother(ScoringException exception) => exception is ModelProcessException { WasAlone: false };

    private void Clear()
    {
        rows.Clear();
        records.Clear();
        batch.Clear();
    }

    private readonly record struct Row(IRecordBinder? Binder, int Start, int Length, RowError? Error, byte[]? Line = null);

    /// <summary>Why a row has no prediction.</summary>
    private sealed record RowError(ErrorCode Code, string Detail)
    {
        public static RowError From(FaultList faults)
        {
            var details = faults.Faults.Select(fault => fault.Pointer.Length == 0 ? fault.Detail : $"{fault.Pointer}: {fault.Detail}");
            var more = faults.Count > faults.Faults.Count ? $"; and {faults.Count - faults.Faults.Count} more" : "";
            return new RowError(faults.Code, string.Join("; ", details) + more);
        }
    }
}
