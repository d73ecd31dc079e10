using Microsoft.Extensions.Options;
using Scoring.Batch.Chunks;

namespace Scoring.Batch.DuckDb;

/// <summary>Turns output lines into a Parquet file. Its columns are the same for every model, empty where a model's task has no use for them. Thread safe.</summary>
internal sealed class ParquetPart(DuckDbLibrary library, DuckDbBudget budget, ScratchSpace scratch, IOptions<BatchOptions> options)
{
    private const string Columns =
        "{index: 'BIGINT', keep: 'VARCHAR', label: 'VARCHAR', labels: 'VARCHAR[]', probability: 'FLOAT', probabilities: 'MAP(VARCHAR, FLOAT)', "
        + "value: 'DOUBLE', embedding: 'FLOAT[]', outputs: 'JSON', abstained: 'BOOLEAN', truncated: 'BOOLEAN', error: 'STRUCT(code VARCHAR, detail VARCHAR)'}";

    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: the lines do not fit the columns, or DuckDB is not available.</exception>
    public async Task<byte[]> ConvertAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        await library.LoadAsync(cancellationToken).ConfigureAwait(false);
        using var folder = scratch.Open();
        var (from, to) = (folder.PathTo("lines.jsonl"), folder.PathTo("part.parquet"));
        using (var text = new PooledBuffer(lines.Length))
        {
            KeptText.Write(lines.Span, text);
            await File.WriteAllBytesAsync(from, text.Written, cancellationToken).ConfigureAwait(false);
        }

        using (var share = await budget.EnterAsync(cancellationToken).ConfigureAwait(false))
        {
            await Task.Run(() => Convert(share.MemoryBytes, folder.Path, from, to), cancellationToken).ConfigureAwait(false);
        }

        return await File.ReadAllBytesAsync(to, cancellationToken).ConfigureAwait(false);
    }

    private void Convert(long memoryBytes, string folder, string from, string to)
    {
        using var connection = new DuckDbConnection();
        try
        {
            new DuckDbSandbox(Path.Combine(folder, "spill"), memoryBytes, options.Value.TempBytes / 2, Threads: 1).Prepare(connection);
            connection.Query(
                $"COPY (SELECT * REPLACE (keep::JSON AS keep) FROM read_json({DuckDbConnection.Literal(from)}, format = 'newline_delimited', columns = {Columns})) TO {DuckDbConnection.Literal(to)} (FORMAT parquet, COMPRESSION zstd)");
        }
        catch (DuckDbException exception)
        {
            throw new ScoringException(ErrorCode.InvalidValue, $"The model's predictions do not fit a Parquet file: {DuckDbFault.Tell(exception.Message, folder)}");
        }
    }
}
