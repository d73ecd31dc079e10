using System.Buffers;

namespace Scoring.Outcomes.Reading;

/// <summary>
/// Reads the outcomes of a model as a stream: one row a receipt, the outcome that came in last, whatever the order of files and lines and however often a line is there. Memory is bounded:
/// of more than <see cref="MaxBytes"/> an even sample of the receipts is kept. Thread safe.
/// </summary>
/// <param name="files">Where they are.</param>
/// <param name="maxBytes">Most bytes of lines whose receipts are all kept.</param>
/// <param name="partBytes">Bytes of a file that are read by one thread.</param>
internal sealed class OutcomeReader(IOutcomeFiles files, long maxBytes = OutcomeReader.MaxBytes, long partBytes = 16L << 20)
{
    /// <summary>Half a gibibyte of lines: about 1.7 million outcomes of two labels, and 120 MB of memory.</summary>
    public const long MaxBytes = 512L << 20;

    private const int BufferBytes = 1 << 20;

    // Small files cost a round trip each.
    private const int FilesAtOnce = 16;
    private const int MaxPasses = 5;

    /// <summary>Reads.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelUnavailable"/>: the storage cannot be reached.</exception>
    public async Task<OutcomeReading> ReadAsync(OutcomeQuery query, CancellationToken cancellationToken)
    {
        var read = new HashSet<string>(StringComparer.Ordinal);
        var found = await ListAsync(query, read, cancellationToken).ConfigureAwait(false);
        var total = found.Where(file => !file.IsCount).Sum(file => file.Bytes);
        var reading = new OutcomeReading(query, total > maxBytes ? (double)maxBytes / total : 1);
        for (var pass = 1; found.Count > 0; pass++)
        {
            var isGone = 0;
            var options = new ParallelOptions { MaxDegreeOfParallelism = FilesAtOnce, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(found.SelectMany(file => OutcomePart.Of(file, file.IsCount ? long.MaxValue : partBytes)), options, async (part, token) =>
            {
                if (!await (part.File.IsCount ? ReadCountsAsync(part.File, reading, token) : ReadAsync(part, reading, token)).ConfigureAwait(false))
                {
                    Interlocked.Exchange(ref isGone, 1);
                }
            }).ConfigureAwait(false);
            reading.Files += found.Count;
            read.UnionWith(found.Select(file => file.Path));
            if (isGone == 0)
            {
                break;
            }

            // Its lines are in a file that was not there when these were listed: compaction writes first and deletes after.
            found = pass < MaxPasses ? await ListAsync(query, read, cancellationToken).ConfigureAwait(false)
                : throw new ScoringException(ErrorCode.ModelUnavailable, $"The outcomes of '{query.Model}' are being moved all the time.") { RetryAfter = Repository.RepositoryAccess.RetryAfter };
        }

        return reading;
    }

    private async Task<List<OutcomeFile>> ListAsync(OutcomeQuery query, HashSet<string> read, CancellationToken cancellationToken) =>
        [.. (await files.ListAsync(query.Model, cancellationToken).ConfigureAwait(false)).Where(file => query.MayHold(file) && !read.Contains(file.Path))];

    private async Task<bool> ReadCountsAsync(OutcomeFile file, OutcomeReading reading, CancellationToken cancellationToken)
    {
        using var stream = await files.OpenAsync(file, 0, cancellationToken).ConfigureAwait(false);
        if (stream is null)
        {
            return false;
        }

        try
        {
            using var text = new StreamReader(stream);
            while (await text.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
            {
                reading.AddCount(file, line);
            }
        }
        catch (Exception e) when (Repository.RepositoryAccess.IsOutage(e) && !cancellationToken.IsCancellationRequested)
        {
            throw Repository.RepositoryAccess.Unavailable(e);
        }

        return true;
    }

    private async Task<bool> ReadAsync(OutcomePart part, OutcomeReading reading, CancellationToken cancellationToken)
    {
        // From the byte before, which tells whether a line begins just there.
        var start = Math.Max(0, part.Start - 1);
        using var stream = await files.OpenAsync(part.File, start, cancellationToken).ConfigureAwait(false);
        if (stream is null)
        {
            return false;
        }

        var lines = new OutcomePartLines(part, start, reading);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            var filled = 0;
            while (!lines.IsOver)
            {
                var count = await stream.ReadAsync(buffer.AsMemory(filled), cancellationToken).ConfigureAwait(false);
                filled += count;
                if (count == 0)
                {
                    lines.TakeRest(buffer.AsSpan(0, filled));
                    break;
                }

                if (filled == buffer.Length || count < buffer.Length / 64 || filled > buffer.Length / 2)
                {
                    var taken = lines.Take(buffer.AsSpan(0, filled), isFull: filled == buffer.Length);
                    buffer.AsSpan(taken, filled - taken).CopyTo(buffer);
                    filled -= taken;
                }
            }
        }
        catch (Exception e) when (Repository.RepositoryAccess.IsOutage(e) && !cancellationToken.IsCancellationRequested)
        {
            throw Repository.RepositoryAccess.Unavailable(e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        lines.HandOver();
        return true;
    }
}
