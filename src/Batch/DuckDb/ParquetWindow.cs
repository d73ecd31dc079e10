using System.Buffers.Binary;
using System.Globalization;
using Scoring.Batch.Sources;

namespace Scoring.Batch.DuckDb;

/// <summary>
/// A Parquet blob as a local file of the same length that holds its footer and, where they were fetched, its column chunks; the rest is a hole that takes no room.
/// DuckDB reads of a file what a query needs, and no more. Not thread safe.
/// </summary>
internal sealed class ParquetWindow(InputBlobs inputs, InputBlob blob, string path)
{
    private const int TailBytes = 64 * 1024;
    private const int TrailerBytes = 8;
    private const int MaxFooterBytes = 256 << 20;

    // Ranges so near to each other cost less as one request.
    private const long NearBytes = 256 * 1024;

    /// <summary>As SQL reads it.</summary>
    public string Sql => $"read_parquet({DuckDbConnection.Literal(path)})";

    public string Path => path;

    /// <summary>Makes the file with its footer: one request, or two where the footer is long.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: the blob changed, or is no Parquet file.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, options: FileOptions.Asynchronous, preallocationSize: 0);
        RandomAccess.SetLength(file, blob.Bytes);
        var tail = await ReadAsync(Math.Max(0, blob.Bytes - TailBytes), (int)Math.Min(TailBytes, blob.Bytes), cancellationToken).ConfigureAwait(false);
        if (tail.Length < TrailerBytes || !tail.AsSpan().EndsWith("PAR1"u8))
        {
            throw Refused("it does not end as a Parquet file does");
        }

        var footer = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan()[^TrailerBytes..]) + (long)TrailerBytes;
        if (footer > Math.Min(blob.Bytes, MaxFooterBytes))
        {
            throw Refused(string.Create(CultureInfo.InvariantCulture, $"its footer has {footer} bytes, expected at most {Math.Min(blob.Bytes, MaxFooterBytes)}"));
        }

        if (footer > tail.Length)
        {
            tail = await ReadAsync(blob.Bytes - footer, (int)footer, cancellationToken).ConfigureAwait(false);
        }

        await RandomAccess.WriteAsync(file, tail, blob.Bytes - tail.Length, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Fetches parts of the blob into the file.</summary>
    /// <param name="ranges">Offsets and lengths, in any order.</param>
    /// <param name="maxBytes">What they may take together.</param>
    public async Task FetchAsync(IEnumerable<(long Offset, long Length)> ranges, long maxBytes, CancellationToken cancellationToken)
    {
        var joined = Join(ranges);
        var bytes = joined.Sum(range => range.Length);
        if (bytes > maxBytes)
        {
            throw Refused(string.Create(CultureInfo.InvariantCulture, $"a chunk of it needs {bytes} bytes of its row groups, expected at most {maxBytes} (Scoring:Batch:TempBytes); write it in smaller row groups"));
        }

        await using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous);
        foreach (var (offset, length) in joined)
        {
            if (offset < 0 || length < 0 || offset + length > blob.Bytes)
            {
                throw Refused(string.Create(CultureInfo.InvariantCulture, $"its footer names bytes {offset} to {offset + length} of {blob.Bytes}"));
            }

            file.Position = offset;
            await using var stream = await inputs.OpenAsync(blob, offset, length, cancellationToken).ConfigureAwait(false);
            await stream.CopyToAsync(file, cancellationToken).ConfigureAwait(false);
        }
    }

    public ScoringException Refused(string why, Exception? inner = null) =>
        new(ErrorCode.InvalidValue, $"The job's input is refused: '{blob.Path}' cannot be read as Parquet: {why}.", inner);

    private async Task<byte[]> ReadAsync(long offset, int length, CancellationToken cancellationToken)
    {
        var bytes = new byte[length];
        await using var stream = await inputs.OpenAsync(blob, offset, length, cancellationToken).ConfigureAwait(false);
        await stream.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
        return bytes;
    }

    private static List<(long Offset, long Length)> Join(IEnumerable<(long Offset, long Length)> ranges)
    {
        var joined = new List<(long Offset, long Length)>();
        foreach (var (offset, length) in ranges.Order())
        {
            if (joined is [.., var last] && offset <= last.Offset + last.Length + NearBytes)
            {
                joined[^1] = (last.Offset, Math.Max(last.Length, offset + length - last.Offset));
            }
            else
            {
                joined.Add((offset, length));
            }
        }

        return joined;
    }
}
