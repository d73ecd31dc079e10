using System.Buffers;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Scoring.Repository;

/// <summary>
/// A large blob, read in ranges of which some are on their way at once, since a storage gives one connection less than it has; their bytes come in order. All
/// ranges are of the blob as it was when it was opened: one that changes meanwhile fails. For one reader.
/// </summary>
internal sealed class BlobRanges : Stream
{
    // What a range costs is its round trip; what it takes is memory, this many times RangesAtOnce.
    private const int RangeBytes = 4 << 20;
    private const int RangesAtOnce = 3;

    private readonly BlobClient blob;
    private readonly ETag tag;
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationToken stopping;
    private readonly Queue<Task<(byte[] Buffer, int Length)>> arriving = new();
    private (byte[] Buffer, int Length) current = ([], 0);
    private int taken;
    private long asked;

    private BlobRanges(BlobClient blob, ETag tag, long length, Stream first)
    {
        (this.blob, this.tag, Length, stopping) = (blob, tag, length, stop.Token);
        arriving.Enqueue(FillAsync(first, RangeBytes));
        asked = RangeBytes;
        AskForMore();
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length { get; }

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Opens a blob; a small one takes one request, and is a plain stream.</summary>
    /// <exception cref="RequestFailedException">There is no such blob, or the storage refuses.</exception>
    public static async Task<Stream> OpenAsync(BlobClient blob, CancellationToken cancellationToken)
    {
        try
        {
            var options = new BlobDownloadOptions { Range = new HttpRange(0, RangeBytes) };
            var first = (await blob.DownloadStreamingAsync(options, cancellationToken).ConfigureAwait(false)).Value;
            var length = LengthIn(first.Details.ContentRange) ?? first.Details.ContentLength;
            return length <= RangeBytes ? first.Content : new BlobRanges(blob, first.Details.ETag, length, first.Content);
        }
        catch (RequestFailedException exception) when (exception.Status == 416)
        {
            // An empty blob has no first byte.
            return Null;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (taken == current.Length)
        {
            if (arriving.Count == 0)
            {
                return 0;
            }

            var next = await arriving.Peek().WaitAsync(cancellationToken).ConfigureAwait(false);
            _ = arriving.Dequeue();
            GiveBack(current.Buffer);
            (current, taken) = (next, 0);
            AskForMore();
        }

        var count = Math.Min(buffer.Length, current.Length - taken);
        current.Buffer.AsMemory(taken, count).CopyTo(buffer);
        taken += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !stopping.IsCancellationRequested)
        {
            stop.Cancel();
            stop.Dispose();
            GiveBack(current.Buffer);
            while (arriving.TryDequeue(out var range))
            {
                _ = GiveBackAsync(range);
            }
        }

        base.Dispose(disposing);
    }

    // bytes 0-4194303/536870912
    private static long? LengthIn(string? contentRange) =>
        contentRange is not null && long.TryParse(contentRange.AsSpan(contentRange.LastIndexOf('/') + 1), out var length) ? length : null;

    private void AskForMore()
    {
        while (asked < Length && arriving.Count < RangesAtOnce)
        {
            arriving.Enqueue(AskAsync(asked, (int)Math.Min(RangeBytes, Length - asked)));
            asked += RangeBytes;
        }
    }

    private async Task<(byte[] Buffer, int Length)> AskAsync(long from, int length)
    {
        var options = new BlobDownloadOptions { Range = new HttpRange(from, length), Conditions = new BlobRequestConditions { IfMatch = tag } };
        return await FillAsync((await blob.DownloadStreamingAsync(options, stopping).ConfigureAwait(false)).Value.Content, length).ConfigureAwait(false);
    }

    private async Task<(byte[] Buffer, int Length)> FillAsync(Stream content, int length)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            using (content)
            {
                await content.ReadExactlyAsync(buffer.AsMemory(0, length), stopping).ConfigureAwait(false);
            }

            return (buffer, length);
        }
        catch
        {
            GiveBack(buffer);
            throw;
        }
    }

    private static void GiveBack(byte[] buffer)
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task GiveBackAsync(Task<(byte[] Buffer, int Length)> range)
    {
        await ((Task)range).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (range.IsCompletedSuccessfully)
        {
            GiveBack((await range.ConfigureAwait(false)).Buffer);
        }
    }
}
