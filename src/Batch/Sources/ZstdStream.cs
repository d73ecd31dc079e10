using System.Globalization;
using ZstdSharp;

namespace Scoring.Batch.Sources;

/// <summary>Unpacks zstd (RFC 8878), one or more frames, and says where it is broken. Reads forward only, asynchronously; not thread safe; owns the stream beneath.</summary>
/// <param name="packed">From its first byte.</param>
/// <param name="path">The file's name in messages.</param>
internal sealed class ZstdStream(Stream packed, string path) : ForwardStream
{
    private readonly DecompressionStream unpacked = new(packed, checkEndOfStream: true, leaveOpen: true);

    /// <exception cref="ScoringException"><see cref="ErrorCode.InvalidValue"/>: the file ends early, is damaged, or has something else behind its last frame.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await unpacked.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (EndOfStreamException exception)
        {
            throw Refused("ends early: expected more zstd data, found the end of the file", exception);
        }
        catch (ZstdException exception)
        {
            throw Refused(string.Create(CultureInfo.InvariantCulture, $"is damaged: expected zstd data, found something else ({exception.Message})"), exception);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            unpacked.Dispose();
            packed.Dispose();
        }

        base.Dispose(disposing);
    }

    private ScoringException Refused(string why, Exception inner) => new(ErrorCode.InvalidValue, $"The job's input is refused: '{path}' {why}.", inner);
}
