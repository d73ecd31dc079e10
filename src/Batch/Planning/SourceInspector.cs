using Microsoft.Extensions.Options;
using Scoring.Batch.DuckDb;
using Scoring.Batch.Messages;
using Scoring.Batch.Sources;
using Scoring.Csv;
using Scoring.Serving;

namespace Scoring.Batch.Planning;

/// <summary>Looks at the start of each input blob, or the end of a Parquet file: how is it packed, what are its columns. Thread safe.</summary>
internal sealed class SourceInspector(InputBlobs inputs, SourceStreams streams, ParquetRows parquet, IOptions<BatchOptions> options)
{
    private const int InspectionsAtOnce = 16;

    /// <summary>The sources that the input names, in order, and their different headers.</summary>
    /// <param name="input">What the job names.</param>
    /// <param name="model">Whose features the columns are to be.</param>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: a blob is missing, not allowed, of unknown format, or its header is no header.</exception>
    public async Task<(IReadOnlyList<PlanSource> Sources, IReadOnlyList<byte[]> Headers)> InspectAsync(JobInput input, LoadedModel model, CancellationToken cancellationToken)
    {
        var blobs = await inputs.ListAsync(input, cancellationToken).ConfigureAwait(false);
        var sources = new FileStart[blobs.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = InspectionsAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, blobs.Count, parallel, async (i, token) => sources[i] = FormatOf(blobs[i].Path, input.Format) switch
        {
            JobFormat.Parquet => await ReadParquetAsync(blobs[i], token).ConfigureAwait(false),
            JobFormat.Csv => await ReadCsvAsync(blobs[i], input.Delimiter ?? ',', model, token).ConfigureAwait(false),
            _ => await ReadJsonAsync(blobs[i], token).ConfigureAwait(false),
        }).ConfigureAwait(false);
        return Join(sources);
    }

    /// <summary>The one source, of Parquet, and its header.</summary>
    public async Task<(IReadOnlyList<PlanSource> Sources, IReadOnlyList<byte[]> Headers)> InspectAsync(InputBlob parquetBlob, CancellationToken cancellationToken) =>
        Join([await ReadParquetAsync(parquetBlob, cancellationToken).ConfigureAwait(false)]);

    /// <summary>The format of a file: the one given, or else by its name.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: neither tells.</exception>
    public static JobFormat FormatOf(string path, JobFormat? given)
    {
        var name = Path.GetExtension(path).ToUpperInvariant() is ".GZ" or ".ZST" ? Path.ChangeExtension(path, null) : path;
        return given ?? Path.GetExtension(name).ToUpperInvariant() switch
        {
            ".JSONL" or ".NDJSON" => JobFormat.JsonLines,
            ".CSV" => JobFormat.Csv,
            ".PARQUET" => JobFormat.Parquet,
            _ => throw new ScoringException(ErrorCode.InvalidValue, $"The job's input is refused: found '{path}', expected a name that ends in .jsonl, .ndjson, .csv or .parquet, or the input's format in the message."),
        };
    }

    private static (IReadOnlyList<PlanSource> Sources, IReadOnlyList<byte[]> Headers) Join(IReadOnlyList<FileStart> files)
    {
        var headers = new List<byte[]>();
        var sources = new List<PlanSource>();
        foreach (var file in files)
        {
            var header = file.Header is null ? -1 : headers.FindIndex(known => known.AsSpan().SequenceEqual(file.Header));
            if (header < 0 && file.Header is not null)
            {
                header = headers.Count;
                headers.Add(file.Header);
            }

            sources.Add(file.Source with { Header = header });
        }

        return (sources, headers);
    }

    private static PlanSource Source(InputBlob blob, Packing packing = Packing.None) => new(blob.Path, blob.ETag.ToString(), blob.Bytes, IsCsv: false, packing, Header: -1, Start: 0);

    private async Task<FileStart> ReadParquetAsync(InputBlob blob, CancellationToken cancellationToken)
    {
        var layout = await parquet.InspectAsync(blob, cancellationToken).ConfigureAwait(false);
        return new FileStart(Source(blob) with { IsParquet = true }, CsvHeader.Parse(layout.Header.ToRecord()).ToRecord());
    }

    private async Task<FileStart> ReadJsonAsync(InputBlob blob, CancellationToken cancellationToken) =>
        new(Source(blob, await streams.FindPackingAsync(blob, cancellationToken).ConfigureAwait(false)), Header: null);

    private async Task<FileStart> ReadCsvAsync(InputBlob blob, char delimiter, LoadedModel model, CancellationToken cancellationToken)
    {
        var source = Source(blob, await streams.FindPackingAsync(blob, cancellationToken).ConfigureAwait(false)) with { IsCsv = true, Delimiter = delimiter };
        await using var text = await streams.OpenAsync(blob, source.Packing, cancellationToken).ConfigureAwait(false);
        using var reader = new RecordReader(text, RecordFormat.Csv, options.Value.MaxRecordBytes, delimiter: source.DelimiterByte);
        try
        {
            do
            {
                if (reader.TryRead(out var record))
                {
                    if (record.IsOversized)
                    {
                        throw new ScoringException(ErrorCode.InvalidValue, $"The job's input is refused: the header of '{blob.Path}' is longer than {options.Value.MaxRecordBytes} bytes.");
                    }

                    NotUtf8Exception.ThrowIfNot(record.Content, reader.RecordPosition);
                    var header = record.Content.ToArray();
                    DelimiterHint.Require(header, source.DelimiterByte, model, blob.Path);
                    return new FileStart(source with { Start = record.End }, CsvHeader.Parse(header, source.DelimiterByte).ToRecord());
                }
            }
            while (await reader.FillAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (TextFault fault)
        {
            await using var again = await streams.OpenAsync(blob, source.Packing, cancellationToken).ConfigureAwait(false);
            throw await fault.ToRefusalAsync(blob.Path, again, cancellationToken).ConfigureAwait(false);
        }

        return new FileStart(source with { Start = reader.Position }, Header: null);
    }

    private sealed record FileStart(PlanSource Source, byte[]? Header);
}
