using System.Globalization;

namespace Scoring.Batch.Sources;

/// <summary>A download that must bring all of its bytes: one that ends early is an outage, not the end of the file. Reads forward only; not thread safe; owns the stream beneath.</summary>
/// <param name="inner">Gives the bytes.</param>
/// <param name="length">How many they must be.</param>
/// <param name="path">For messages.</param>
internal sealed class WholeStream(Stream inner, long length, string path) : ForwardStream
{
    private long read;

    /// <exception cref="IOException">The download ended early.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        read += count;
        return count > 0 || buffer.IsEmpty || read == length
            ? count
            : throw new IOException(string.Create(CultureInfo.InvariantCulture, $"The download of '{path}' ended behind {read} of {length} bytes."));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
