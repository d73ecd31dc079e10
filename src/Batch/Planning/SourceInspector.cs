using Microsoft.Extensions.Options;
using Scoring.Batch.DuckDb;
using Scoring.Batch.Messages;
using Scoring.Batch.Sources;
using Scoring.Csv;

namespace Scoring.Batch.Planning;

/// <summary>Looks at the start of each input blob, or the end of a Parquet file: is it gzip, what are its columns. Thread safe.</summary>
internal sealed class SourceInspector(InputBlobs inputs, ParquetRows parquet, IOptions<BatchOptions> options)
{
    private const int InspectionsAtOnce = 16;

    /// <summary>The sources that the input names, in order, and their different headers.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: a blob is missing, not allowed, of unknown format, or its header is no header.</exception>
    public async Task<(IReadOnlyList<PlanSource> Sources, IReadOnlyList<byte[]> Headers)> InspectAsync(JobInput input, CancellationToken cancellationToken)
    {
        var blobs = await inputs.ListAsync(input, cancellationToken).ConfigureAwait(false);
        return await InspectAsync(blobs, input.Format, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc cref="InspectAsync(JobInput, CancellationToken)"/>
    public async Task<(IReadOnlyList<PlanSource> Sources, IReadOnlyList<byte[]> Headers)> InspectAsync(IReadOnlyList<InputBlob> blobs, JobFormat? format, CancellationToken cancellationToken)
    {
        var starts = new FileStart[blobs.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = InspectionsAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, blobs.Count, parallel, async (i, token) =>
            starts[i] = await ReadStartAsync(blobs[i], FormatOf(blobs[i].Path, format), token).ConfigureAwait(false)).ConfigureAwait(false);

        var headers = new List<byte[]>();
        var sources = new PlanSource[blobs.Count];
        for (var i = 0; i < sources.Length; i++)
        {
            var start = starts[i];
            var header = headers.FindIndex(known => known.AsSpan().SequenceEqual(start.Header));
            if (header < 0 && start.Header.Length > 0)
            {
                CsvHeader.Parse(start.Header);
                header = headers.Count;
                headers.Add(start.Header);
            }

            sources[i] = new PlanSource(blobs[i].Path, blobs[i].ETag.ToString(), blobs[i].Bytes, start.IsCsv, start.IsGzip, header, start.Position, start.IsParquet);
        }

        return (sources, headers);
    }

    /// <summary>The format of a file: the one given, or else by its name.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: neither tells.</exception>
    public static JobFormat FormatOf(string path, JobFormat? given)
    {
        var name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        return given ?? Path.GetExtension(name).ToUpperInvariant() switch
        {
            ".JSONL" or ".NDJSON" => JobFormat.JsonLines,
            ".CSV" => JobFormat.Csv,
            ".PARQUET" => JobFormat.Parquet,
            _ => throw new ScoringException(ErrorCode.InvalidValue, $"The job's input is refused: found '{path}', expected a name that ends in .jsonl, .ndjson, .csv or .parquet, or the input's format in the message."),
        };
    }

    private async Task<FileStart> ReadStartAsync(InputBlob blob, JobFormat format, CancellationToken cancellationToken)
    {
        if (format == JobFormat.Parquet)
        {
            var layout = await parquet.InspectAsync(blob, cancellationToken).ConfigureAwait(false);
            return new FileStart(IsCsv: false, IsGzip: false, layout.Header.ToRecord(), 0, IsParquet: true);
        }

        if (blob.Bytes == 0)
        {
            return new FileStart(format == JobFormat.Csv, IsGzip: false, [], 0);
        }

        var etag = blob.ETag.ToString();
        var isGzip = await inputs.IsGzipAsync(blob, cancellationToken).ConfigureAwait(false);
        if (format == JobFormat.JsonLines)
        {
            return new FileStart(IsCsv: false, isGzip, [], 0);
        }

        await using var file = await inputs.OpenAsync(blob.Path, etag, 0, length: null, cancellationToken).ConfigureAwait(false);
        await using var stream = isGzip ? new GunzipStream(file, blob.Path) : file;
        using var reader = new RecordReader(stream, RecordFormat.Csv, options.Value.MaxRecordBytes);
        do
        {
            try
            {
                if (reader.TryRead(out var record))
                {
                    return record.IsOversized
                        ? throw new ScoringException(ErrorCode.InvalidValue, $"The job's input is refused: the header of '{blob.Path}' is longer than {options.Value.MaxRecordBytes} bytes.")
                        : new FileStart(IsCsv: true, isGzip, record.Content.ToArray(), record.End);
                }
            }
            catch (UnclosedQuoteException exception)
            {
                await using var again = await inputs.OpenAsync(blob.Path, etag, 0, length: null, cancellationToken).ConfigureAwait(false);
                await using var text = isGzip ? new GunzipStream(again, blob.Path) : again;
                throw await exception.ToRefusalAsync(blob.Path, text, cancellationToken).ConfigureAwait(false);
            }
        }
        while (await reader.FillAsync(cancellationToken).ConfigureAwait(false));

        return new FileStart(IsCsv: true, isGzip, [], reader.Position);
    }

    private sealed record FileStart(bool IsCsv, bool IsGzip, byte[] Header, long Position, bool IsParquet = false);
}
