using System.Globalization;
using DuckDB.NET.Native;
using Microsoft.Extensions.Options;
using Scoring.Batch.Chunks;
using Scoring.Batch.DuckDb.Vectors;
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
        using var session = await OpenAsync(blob, cancellationToken).ConfigureAwait(false);
        return await RunAsync(session, Inspect, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Rows as records of typed values.</summary>
    /// <param name="blob">The file.</param>
    /// <param name="piece">Its offset and length count rows.</param>
    /// <param name="columns">The columns wanted, in order; no others are read.</param>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: the blob changed, or DuckDB cannot read it.</exception>
    public async Task<IRecordReader> OpenAsync(InputBlob blob, ChunkPiece piece, IReadOnlyList<string> columns, CancellationToken cancellationToken)
    {
        var session = await OpenAsync(blob, cancellationToken).ConfigureAwait(false);
        try
        {
            var ranges = await RunAsync(session, on => FindRanges(on, piece, columns), cancellationToken).ConfigureAwait(false);
            await session.Window.FetchAsync(ranges, options.Value.TempBytes / 2 / options.Value.MaxConcurrentChunks, cancellationToken).ConfigureAwait(false);
            return await RunAsync(session, on => Read(on, piece, columns), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private static ParquetLayout Inspect(ParquetSession session)
    {
        var columns = DescribeColumns(session);
        var groups = new List<RowGroup>();
        foreach (var row in session.Connection.Query($"SELECT any_value(row_group_num_rows), sum(total_compressed_size) FROM {Metadata(session)} GROUP BY row_group_id ORDER BY row_group_id"))
        {
            groups.Add(new RowGroup(groups is [.., var last] ? last.End : 0, Number(row[0]), Number(row[1])));
        }

        return new ParquetLayout(columns, groups);
    }

    private static List<ParquetColumn> DescribeColumns(ParquetSession session)
    {
        List<ParquetColumn> columns = [.. session.Connection.Query($"DESCRIBE SELECT * FROM {session.Window.Sql}").Select(column => new ParquetColumn(column[0]!, column[1]!))];
        return columns.Any(column => string.Equals(column.Name, RowNumber, StringComparison.OrdinalIgnoreCase))
            ? throw session.Window.Refused($"it has a column '{RowNumber}', a name that stands for something else here")
            : columns;
    }

    // Where the column chunks lie of the row groups that the piece touches.
    private static List<(long Offset, long Length)> FindRanges(ParquetSession session, ChunkPiece piece, IReadOnlyList<string> columns)
    {
        var last = piece.Offset + piece.Length - 1;
        var touched = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            SELECT row_group_id FROM (
                SELECT row_group_id, rows, sum(rows) OVER (ORDER BY row_group_id) AS end_row
                FROM (SELECT row_group_id, any_value(row_group_num_rows) AS rows FROM {Metadata(session)} GROUP BY row_group_id))
            WHERE end_row > {piece.Offset} AND end_row - rows <= {last}
            """);
        var chunks = session.Connection.Query(
            $"SELECT column_id, least(data_page_offset, CASE WHEN dictionary_page_offset > 0 THEN dictionary_page_offset ELSE data_page_offset END), total_compressed_size FROM {Metadata(session)} WHERE row_group_id IN ({touched})");
        var isWanted = FindLeaves(session, columns);
        return [.. chunks.Where(chunk => isWanted(Number(chunk[0]))).Select(chunk => (Number(chunk[1]), Number(chunk[2])))];
    }

    // A column is a tree in the file, of which the leaves have data. They are counted in the schema's order.
    private static Predicate<long> FindLeaves(ParquetSession session, IReadOnlyList<string> columns)
    {
        var schema = session.Connection.Query($"SELECT num_children FROM parquet_schema({DuckDbConnection.Literal(session.Window.Path)})");
        var roots = new List<int>();
        var place = 1;
        var root = 0;
        for (; place < schema.Count; root++)
        {
            AddLeaves(root);
        }

        var names = DescribeColumns(session);
        var wanted = columns.Select(name => names.FindIndex(column => column.Name == name)).ToHashSet();
        return names.Count == root ? leaf => leaf >= roots.Count || wanted.Contains(roots[(int)leaf]) : _ => true;

        void AddLeaves(int of)
        {
            var children = Number(schema[place++][0]);
            if (children == 0)
            {
                roots.Add(of);
            }

            for (var child = 0L; child < children && place < schema.Count; child++)
            {
                AddLeaves(of);
            }
        }
    }

    private static ParquetRecords Read(ParquetSession session, ChunkPiece piece, IReadOnlyList<string> names)
    {
        var types = DescribeColumns(session).ToDictionary(column => column.Name, StringComparer.Ordinal);
        var columns = names.Select(name => types[name]).ToList();
        var asText = new bool[columns.Count];
        while (true)
        {
            var list = columns.Count == 0 ? RowNumber : string.Join(", ", columns.Select((column, i) => asText[i] ? $"CAST({column.Sql} AS VARCHAR)" : column.Sql));
            var rows = new DuckDbRows(session.Connection, string.Create(
                CultureInfo.InvariantCulture,
                $"SELECT {list} FROM {session.Window.Sql} WHERE {RowNumber} >= {piece.Offset} AND {RowNumber} < {piece.Offset + piece.Length}"));
            var readers = columns.Select((column, i) => ReaderOf(rows, i, column)).ToList();
            if (readers.TrueForAll(reader => reader is not null))
            {
                return new ParquetRecords(rows, [.. readers!], session.Refused, session.Dispose);
            }

            rows.Dispose();
            asText = [.. readers.Select(reader => reader is null)];
        }
    }

    private static VectorReader? ReaderOf(DuckDbRows rows, int column, ParquetColumn description)
    {
        using DuckDBLogicalType type = rows.TypeOf(column);
        return description.Type == "JSON" ? new JsonVector() : VectorReader.Create(type);
    }

    private async Task<ParquetSession> OpenAsync(InputBlob blob, CancellationToken cancellationToken)
    {
        var folder = scratch.Open();
        try
        {
            var window = new ParquetWindow(inputs, blob, folder.PathTo("input.parquet"));
            await window.OpenAsync(cancellationToken).ConfigureAwait(false);
            await library.LoadAsync(cancellationToken).ConfigureAwait(false);
            var share = await budget.EnterAsync(cancellationToken).ConfigureAwait(false);
            return new ParquetSession(window, folder, share, options.Value.TempBytes / 2 / options.Value.MaxConcurrentChunks, cancellationToken);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    private Task<T> RunAsync<T>(ParquetSession session, Func<ParquetSession, T> use, CancellationToken cancellationToken) => threads.RunAsync(
        () =>
        {
            try
            {
                session.Prepare();
                return Task.FromResult(use(session));
            }
            catch (DuckDbException exception) when (!cancellationToken.IsCancellationRequested)
            {
                throw session.Refused(exception);
            }
        },
        cancellationToken);

    private static string Metadata(ParquetSession session) => $"parquet_metadata({DuckDbConnection.Literal(session.Window.Path)})";

    private static long Number(string? text) => long.Parse(text ?? "0", CultureInfo.InvariantCulture);
}
