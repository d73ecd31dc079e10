using System.Globalization;
using Microsoft.Extensions.Options;
using Scoring.Batch.Chunks;
using Scoring.Batch.Planning;
using Scoring.Batch.Sources;

namespace Scoring.Batch.DuckDb;

/// <summary>Reads Parquet blobs by parts: for a plan the footer alone, for a chunk the row groups and columns that it needs. Thread safe.</summary>
internal sealed class ParquetRows(DuckDbLibrary library, DuckDbBudget budget, InputBlobs inputs, ScratchSpace scratch, BatchThreads threads, IOptions<BatchOptions> options)
{
    private const string RowNumber = "file_row_number";

    /// <summary>What the footer tells.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: the blob changed, or DuckDB cannot read it.</exception>
    public async Task<ParquetLayout> InspectAsync(InputBlob blob, CancellationToken cancellationToken)
    {
        using var folder = scratch.Open();
        var window = new ParquetWindow(inputs, blob, folder.PathTo("input.parquet"));
        await window.OpenAsync(cancellationToken).ConfigureAwait(false);
        return await UseAsync(window, folder, [], connection => Inspect(connection, window), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Rows as text: CSV without a header, whose first column is each row's number in the file and no column of the input; or JSON lines.</summary>
    /// <param name="source">The file; <see cref="PlanSource.IsCsv"/> tells which of the two.</param>
    /// <param name="piece">Its offset and length count rows.</param>
    /// <param name="columns">The columns wanted, in order; null for all.</param>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: the blob changed, or DuckDB cannot read it.</exception>
    public async Task<Stream> OpenAsync(PlanSource source, ChunkPiece piece, IReadOnlyList<string>? columns, CancellationToken cancellationToken)
    {
        using var folder = scratch.Open();
        var window = new ParquetWindow(inputs, source.Blob, folder.PathTo("input.parquet"));
        await window.OpenAsync(cancellationToken).ConfigureAwait(false);
        var ranges = await UseAsync(window, folder, [], connection => FindRanges(connection, window, piece, columns), cancellationToken).ConfigureAwait(false);
        await window.FetchAsync(ranges, options.Value.TempBytes / 2 / options.Value.MaxConcurrentChunks, cancellationToken).ConfigureAwait(false);
        var rows = folder.PathTo("rows");
        return await UseAsync<Stream>(window, folder, [rows], connection => Write(connection, window, source.IsCsv, piece, columns, rows), cancellationToken).ConfigureAwait(false);
    }

    private static ParquetLayout Inspect(DuckDbConnection connection, ParquetWindow window)
    {
        var columns = connection.Query($"DESCRIBE SELECT * FROM {window.Sql}");
        if (columns.Any(column => string.Equals(column[0], RowNumber, StringComparison.OrdinalIgnoreCase)))
        {
            throw window.Refused($"it has a column '{RowNumber}', a name that stands for something else here");
        }

        var groups = new List<RowGroup>();
        foreach (var row in connection.Query($"SELECT any_value(row_group_num_rows), sum(total_compressed_size) FROM parquet_metadata({DuckDbConnection.Literal(window.Path)}) GROUP BY row_group_id ORDER BY row_group_id"))
        {
            groups.Add(new RowGroup(groups is [.., var last] ? last.End : 0, Number(row[0]), Number(row[1])));
        }

        return new ParquetLayout([.. columns.Select(column => column[0]!)], columns.All(column => !FeatureTable.IsNested(column[1]!)), groups);
    }

    // Where the column chunks lie of the row groups that the piece touches.
    private static List<(long Offset, long Length)> FindRanges(DuckDbConnection connection, ParquetWindow window, ChunkPiece piece, IReadOnlyList<string>? columns)
    {
        var metadata = $"parquet_metadata({DuckDbConnection.Literal(window.Path)})";
        var last = piece.Offset + piece.Length - 1;
        var touched = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            SELECT row_group_id FROM (
                SELECT row_group_id, rows, sum(rows) OVER (ORDER BY row_group_id) AS end_row
                FROM (SELECT row_group_id, any_value(row_group_num_rows) AS rows FROM {metadata} GROUP BY row_group_id))
            WHERE end_row > {piece.Offset} AND end_row - rows <= {last}
            """);
        var chunks = connection.Query(
            $"SELECT path_in_schema, least(data_page_offset, CASE WHEN dictionary_page_offset > 0 THEN dictionary_page_offset ELSE data_page_offset END), total_compressed_size FROM {metadata} WHERE row_group_id IN ({touched})");

        // Where DuckDB gave a column another name than the file does, everything is fetched.
        var paths = chunks.Select(chunk => chunk[0]!).ToHashSet(StringComparer.Ordinal);
        var isChosen = columns is not null && columns.All(paths.Contains) ? columns.ToHashSet(StringComparer.Ordinal) : null;
        return [.. chunks.Where(chunk => isChosen?.Contains(chunk[0]!) ?? true).Select(chunk => (Number(chunk[1]), Number(chunk[2])))];
    }

    private static FileStream Write(DuckDbConnection connection, ParquetWindow window, bool isCsv, ChunkPiece piece, IReadOnlyList<string>? columns, string target)
    {
        var chosen = columns is null ? "*" : string.Join(", ", columns.Select(Quote));
        var list = isCsv ? $"{RowNumber}{(chosen.Length > 0 ? ", " : "")}{chosen}" : chosen;
        connection.Query(string.Create(
            CultureInfo.InvariantCulture,
            $"COPY (SELECT {list} FROM {window.Sql} WHERE {RowNumber} >= {piece.Offset} AND {RowNumber} < {piece.Offset + piece.Length}) TO {DuckDbConnection.Literal(target)} ({(isCsv ? "FORMAT csv, HEADER false" : "FORMAT json")})"));

        // The folder goes before the stream does; an open file outlives its name.
        return new FileStream(target, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
    }

    private async Task<T> UseAsync<T>(ParquetWindow window, ScratchFolder folder, string[] targets, Func<DuckDbConnection, T> use, CancellationToken cancellationToken)
    {
        await library.LoadAsync(cancellationToken).ConfigureAwait(false);
        using var share = await budget.EnterAsync(cancellationToken).ConfigureAwait(false);
        var sandbox = new DuckDbSandbox(folder.PathTo("spill"), share.MemoryBytes, options.Value.TempBytes / 2 / options.Value.MaxConcurrentChunks, Threads: 1);
        return await threads.RunAsync(
            () =>
            {
                using var connection = new DuckDbConnection();
                using var interrupt = cancellationToken.Register(connection.Interrupt);
                try
                {
                    sandbox.Prepare(connection);
                    sandbox.Close(connection, [window.Path, .. targets]);
                    return Task.FromResult(use(connection));
                }
                catch (DuckDbException exception) when (!cancellationToken.IsCancellationRequested)
                {
                    throw window.Refused(exception.Message.Split('\n')[0].Replace(folder.Path + Path.DirectorySeparatorChar, "", StringComparison.Ordinal), exception);
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    private static long Number(string? text) => long.Parse(text ?? "0", CultureInfo.InvariantCulture);

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
